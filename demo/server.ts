import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pathToFileURL } from "node:url";
import { type Answer, refusal } from "./answer.ts";
import { readForm } from "./form.ts";
import { answer } from "./routes.ts";
import { visitOf } from "./visit.ts";

/** Where the demo listens. Port 0 takes any free one; `host` is this machine only unless told otherwise. */
export interface DemoOptions {
  readonly port: number;
  readonly host?: string;
}

/** A shop that is open. `port` is the one that it got; `close` resolves when every connection has ended. */
export interface Demo {
  readonly port: number;
  close(): Promise<void>;
}

const localhost = "127.0.0.1";
const everyAnswer = { "x-content-type-options": "nosniff", "referrer-policy": "strict-origin-when-cross-origin" };

/** Opens the demo shop as an ordinary HTTP origin. Rejects when the port is taken. */
export async function startDemo({ port, host = localhost }: DemoOptions): Promise<Demo> {
  const server = createServer((request, response) => void serve(request, response));
  await listening(server, port, host);
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : port, close: () => closed(server) };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    send(response, await answerTo(request));
  } catch (error) {
    console.error("demo:", error);
    if (response.headersSent) response.destroy();
    else send(response, refusal(500, "Something went wrong in the shop"));
  }
}

async function answerTo(request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(`http://shop.invalid${request.url ?? "/"}`);
  if (url === null || url.hostname !== "shop.invalid") return refusal(400, "Bad request");
  const form = await readForm(request);
  if (form === null) return { ...refusal(413, "Too much"), headers: { connection: "close" } };
  const { cookie, "if-none-match": ifNoneMatch } = request.headers;
  const method = request.method ?? "GET";
  return answer(visitOf({ method, url, form, cookie, ifNoneMatch, freshId: randomUUID(), nowMs: Date.now() }));
}

function send(response: ServerResponse, { status, headers, cookies, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    ...everyAnswer,
    ...headers,
    ...(cookies.length > 0 ? { "set-cookie": [...cookies] } : {}),
    ...(status === 304 ? {} : { "content-length": bytes.byteLength }),
  });
  response.end(bytes);
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { port } = await startDemo({
    port: Number(process.env.PORT ?? 4321),
    host: process.env.HOST ?? localhost,
  });
  console.log(`The bookshop is open at http://localhost:${port}/`);
}
