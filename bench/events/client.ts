import { createHmac } from "node:crypto";
import { type Agent, request } from "node:http";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { encodeVisit, newVisit } from "../../src/core/visit.ts";
import { site, visitKey } from "./deployment.ts";

/** Somebody who sends events: a visitor at an address of their own. */
export interface Sender {
  readonly cookie: string;
  readonly address: string;
}

/** As `createSigner` signs; Node 24 has not all that it is made of. */
function signed(text: string): string {
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${createHmac("sha256", visitKey).update(`visit.${payload}`).digest("base64url")}`;
}

export function senderOf(number: number): Sender {
  const visitor = `bench-${String(number).padStart(16, "0")}` as VisitorId;
  const cookie = `caramel=${signed(encodeVisit(newVisit(site as SiteKey, visitor, Date.now())))}`;
  return { cookie, address: `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}` };
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
  readonly tookMs: number;
}

/** One request over a kept connection; with a body it is a POST of events. */
export function call(agent: Agent, port: number, path: string, from: Sender, body?: string): Promise<Reply> {
  const startMs = performance.now();
  const headers = {
    host: "books.example",
    "user-agent":
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    cookie: from.cookie,
    "cf-connecting-ip": from.address,
    ...(body === undefined
      ? { accept: "text/html" }
      : {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          origin: "https://books.example",
          "sec-fetch-site": "same-origin",
        }),
  };
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const asked = request({ agent, host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
          retryAfter: response.headers["retry-after"],
          tookMs: performance.now() - startMs,
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A batch of events that have not been sent before. */
export function batchOf(first: number, size: number): string {
  const events = Array.from({ length: size }, (_, at) => ({
    id: `e-${first + at}`,
    name: "view",
    time: Date.now(),
    value: 12.5,
    props: { sku: `book-${(first + at) % 1000}`, category: "night" },
  }));
  return JSON.stringify({ events });
}
