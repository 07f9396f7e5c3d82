import { createServer, type Server, type Socket } from "node:net";

/** A request as its bytes came in: nothing is parsed that a proxy could have got wrong. */
export interface Received {
  readonly method: string;
  readonly target: string;
  /** As sent, in order, with the names' case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What followed the head so far, still framed. */
  readonly body: Buffer;
  /** Its length, without putting it together. */
  readonly bodyBytes: number;
  /** Whether the other side has closed. */
  readonly closed: boolean;
}

export type Answer = (socket: Socket, received: Received) => void;

/** An origin that speaks TCP and does to each request exactly what the test says. One request a connection. */
export interface RawOrigin {
  readonly url: string;
  /** Everything received for a path (without query), oldest first. */
  received(path: string): Received[];
  /** Sets what happens to requests of this path from now on. */
  on(path: string, answer: Answer): void;
  close(): Promise<void>;
}

/** Starts an origin on a free loopback port. Paths that no test has claimed are answered with `200 ok`. */
export async function startRawOrigin(): Promise<RawOrigin> {
  const answers = new Map<string, Answer>();
  const log: Received[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket, log, (path) => answers.get(path) ?? ok);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received: (path) => log.filter((entry) => pathOf(entry.target) === path),
    on: (path, answer) => answers.set(path, answer),
    close() {
      for (const socket of open) socket.destroy();
      return closeServer(server);
    },
  };
}

/** An answer of these very bytes, after which the connection ends. */
export function answering(text: string | Buffer): Answer {
  return (socket) => socket.end(typeof text === "string" ? Buffer.from(text, "latin1") : text);
}

const ok = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

function serve(socket: Socket, log: Received[], answerFor: (path: string) => Answer): void {
  let head = Buffer.alloc(0);
  let received: Recording | null = null;
  socket.on("error", () => {});
  socket.on("close", () => received?.close());
  socket.on("data", (chunk) => {
    if (received !== null) {
      received.add(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    received = new Recording(head.subarray(0, end).toString("latin1"));
    received.add(head.subarray(end + 4));
    log.push(received);
    answerFor(pathOf(received.target))(socket, received);
  });
}

class Recording implements Received {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  bodyBytes = 0;
  closed = false;
  readonly #chunks: Buffer[] = [];

  constructor(head: string) {
    const [line = "", ...fields] = head.split("\r\n");
    const [method = "", target = ""] = line.split(" ");
    this.method = method;
    this.target = target;
    this.headers = fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon), field.slice(colon + 1).trim()];
    });
  }

  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.bodyBytes += chunk.length;
  }

  close(): void {
    this.closed = true;
  }
}

function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? target;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}
