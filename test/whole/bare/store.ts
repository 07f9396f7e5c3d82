import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What befalls a store: it answers, answers with an error, never answers, or ends the connection. */
export type Mood = "well" | "failing" | "hanging" | "gone";

/** Stands in for one of Cloudflare's stores, as workerd speaks to it: over HTTP. */
export interface StandIn {
  readonly port: number;
  mood: Mood;
  /** What was asked of it since the start. */
  readonly asked: readonly string[];
  /** Answers after all, some time later, those left hanging that this fits. */
  answerAfter(delayMs: number, which: RegExp): void;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

async function standIn(answer: Answer): Promise<StandIn> {
  const asked: string[] = [];
  const hanging: [url: string, answerNow: () => void][] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(`${request.method} ${request.url}`);
    if (store.mood === "gone") return void request.destroy();
    if (store.mood === "hanging") await new Promise<void>((resolve) => hanging.push([request.url ?? "", resolve]));
    if (store.mood === "failing") return void response.writeHead(500).end("it is on fire");
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    answer(request, body, response);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const store: StandIn = {
    port: (server.address() as AddressInfo).port,
    mood: "well",
    asked,
    answerAfter: (delayMs, which) => {
      for (const [url, answerNow] of hanging) if (which.test(url)) setTimeout(answerNow, delayMs);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return store;
}

/** A KV namespace of these values, which may be changed as it runs. */
export const startKv = (values: Map<string, string>): Promise<StandIn> =>
  standIn((request, body, response) => {
    const url = new URL(request.url ?? "/", "http://kv");
    if (url.pathname === "/bulk/get") {
      const { keys }: { keys: string[] } = JSON.parse(body);
      return response.end(JSON.stringify(Object.fromEntries(keys.map((key) => [key, values.get(key) ?? null]))));
    }
    const value = values.get(decodeURIComponent(url.pathname.slice(1)));
    return value === undefined ? response.writeHead(404).end() : response.end(value);
  });

/** A queue that keeps the bodies of all it is sent. */
export const startQueue = (messages: unknown[]): Promise<StandIn> =>
  standIn((_, body, response) => {
    const batch: { messages?: { body: string }[] } = JSON.parse(body);
    for (const message of batch.messages ?? []) {
      messages.push(JSON.parse(Buffer.from(message.body, "base64").toString()));
    }
    response.end('{"metadata":{"metrics":{"backlogCount":0,"backlogBytes":0,"oldestMessageTimestamp":0}}}');
  });

/** A database that holds nothing. */
export const startD1 = (): Promise<StandIn> =>
  standIn((_, body, response) => {
    const statements: unknown = JSON.parse(body);
    const none = { success: true, results: { columns: [], rows: [] }, meta: {} };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(statements) ? statements.map(() => none) : none));
  });
