import { connect, type Socket } from "node:net";

/** An answer as its bytes came in. */
export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly reason: string;
  /** Names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the chunks' framing. */
  readonly body: Buffer;
  /** Whether the framing says that this is all of it. */
  readonly complete: boolean;
}

/** Sends these bytes and waits for one whole answer, for the connection's end, or as long as it is told. */
export function exchange(port: number, bytes: string | Buffer, patienceMs = 5000): Promise<RawAnswer> {
  const noBody = Buffer.from(bytes.slice(0, 5)).toString("latin1") === "HEAD ";
  return new Promise((resolve) => {
    const socket = open(port, bytes);
    let raw = Buffer.alloc(0);
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parseAnswer(raw, noBody));
    };
    const timer = setTimeout(finish, patienceMs);
    socket.on("close", finish);
    socket.on("data", (chunk) => {
      raw = Buffer.concat([raw, chunk]);
      if (parseAnswer(raw, noBody).complete) finish();
    });
  });
}

/** Sends these bytes and hands over the connection. */
export function open(port: number, bytes: string | Buffer): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return socket;
}

/** A request's bytes: `get("/a?b", "X-Foo: 1")`. */
export function get(target: string, ...fields: string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: books.example", ...fields, "", ""].join("\r\n");
}

/** All values of a header, in order. */
export function valuesOf(message: Pick<RawAnswer, "headers">, name: string): string[] {
  return message.headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
}

/** Waits until something is so; gives up after 5 seconds, and then the test's own expectation fails. */
export async function until(isSo: () => boolean): Promise<boolean> {
  const endMs = Date.now() + 5000;
  while (!isSo() && Date.now() < endMs) await new Promise((resume) => setTimeout(resume, 10));
  return isSo();
}

function parseAnswer(raw: Buffer, noBody: boolean): RawAnswer {
  const end = raw.indexOf("\r\n\r\n");
  if (end === -1) return { status: 0, reason: "", headers: [], body: Buffer.alloc(0), complete: false };
  const [line = "", ...fields] = raw.subarray(0, end).toString("latin1").split("\r\n");
  const [, status = "0", reason = ""] = /^HTTP\/1\.1 (\d+) ?(.*)$/.exec(line) ?? [];
  // An interim answer is followed by the answer.
  if (status === "100") return parseAnswer(raw.subarray(end + 4), noBody);
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  return { status: Number(status), reason, headers, ...bodyOf(raw.subarray(end + 4), headers, noBody, Number(status)) };
}

function bodyOf(rest: Buffer, headers: [string, string][], noBody: boolean, status: number) {
  const field = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (noBody || status === 204 || status === 304) return { body: rest, complete: true };
  if (field("transfer-encoding") === "chunked") return dechunked(rest);
  const length = Number(field("content-length") ?? Number.POSITIVE_INFINITY);
  return { body: rest, complete: rest.length >= length };
}

function dechunked(rest: Buffer): { body: Buffer; complete: boolean } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = rest.indexOf("\r\n", at);
    if (line === -1) return { body: Buffer.concat(chunks), complete: false };
    const size = Number.parseInt(rest.subarray(at, line).toString("latin1"), 16);
    const chunk = rest.subarray(line + 2, line + 2 + size);
    chunks.push(chunk);
    if (size === 0 || chunk.length < size) return { body: Buffer.concat(chunks), complete: size === 0 };
    at = line + 2 + size + 2;
  }
}
