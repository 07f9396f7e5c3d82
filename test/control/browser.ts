import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";

/** The whole Worker with a control plane on a host of its own, and a browser before it. */
export const secret = "an-operators-token-of-32-characters";
export const host = "caramel.books.example";
export const here = `https://${host}`;

/** What goes into the queue is another test's. */
const queue = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;

export const deployed = (changes: Partial<Env> = {}): Env => ({
  KV: env.KV,
  DB: env.DB,
  VISITORS: env.VISITORS,
  EVENTS: queue,
  VISIT_KEY: "a secret of at least 32 characters!!",
  ADMIN_TOKEN: secret,
  CONTROL_HOST: host,
  ...changes,
});
const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as never;

let sources = 0;
/** Each browser comes from an address of its own: how often one may try is tested by itself. */
export function browser(deployment = deployed(), source = `192.0.2.${++sources % 250}`) {
  return async (method: string, path: string, headers: Record<string, string> = {}, body?: BodyInit) => {
    const request = new Request(path.startsWith("/") ? here + path : path, {
      method,
      redirect: "manual",
      headers: { "cf-connecting-ip": source, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const response = await worker.fetch(request, deployment, context);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

export const page = { accept: "text/html", origin: here, "sec-fetch-site": "same-origin" };
export const form = (token: string) => new URLSearchParams({ token });
export const cookieIn = (headers: Headers) => headers.getSetCookie()[0]?.split(";")[0] ?? "";
export const json = { "content-type": "application/json" };
export const api = (path: string) => `/_caramel/api/v1${path}`;

export async function logIn(ask = browser(), token = secret) {
  const answer = await ask("POST", "/_caramel/login", page, form(token));
  return { ...answer, cookie: cookieIn(answer.headers) };
}

/** A token as an operator makes it. */
export async function tokenWith(
  body: object,
  ask = browser(),
): Promise<{ readonly token: string; readonly id: string }> {
  const headers = { ...json, authorization: `Bearer ${secret}` };
  const { text } = await ask("POST", api("/sites/bookshop/tokens"), headers, JSON.stringify({ name: "Ann", ...body }));
  return JSON.parse(text);
}
