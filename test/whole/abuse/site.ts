import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startScratch } from "../scratch-site.ts";

export const visitKey = "a-visit-key-of-at-least-32-characters";
export const adminToken = "an-admin-token-of-at-least-32-characters";

/** A request as the origin got it. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

/** The built Worker on workerd in front of a website, with everything an attacker could reach. */
export interface AttackedSite {
  readonly port: number;
  /** What the origin has got since the last time it was asked. */
  got(): readonly Got[];
  /** What the Worker logged. */
  logged(): string;
  stop(): Promise<void>;
}

export const pages: Readonly<Record<string, string>> = {
  "/": "<!doctype html><title>Shop</title><h1>Books</h1>",
  "/search":
    '<!doctype html><title>Shop</title><h1>Books</h1><p class="box">x</p><a href="/s">s</a><input value="v">' +
    '<script id="data" type="application/json">{"q":"none"}</script><p id="end">end</p>',
  "/split": "<!doctype html><h1>A</h1>",
  "/split-b": '<!doctype html><link rel="canonical" href="/split-b"><h1>B</h1>',
};

const etag = '"origins-own"';

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (path === "/api/home") end(response, 200, "application/json", '{"q":"none"}');
  else if (path === "/static/app.js") serveStatic(request, response);
  else if (page === undefined) end(response, 404, "text/html; charset=utf-8", "<h1>Not here</h1>");
  else servePage(request, response, page);
}

function servePage(request: IncomingMessage, response: ServerResponse, page: string): void {
  response.setHeader("cache-control", "public, max-age=600");
  response.setHeader("etag", etag);
  response.setHeader("last-modified", "Mon, 23 Nov 2026 00:00:00 GMT");
  response.setHeader("accept-ranges", "bytes");
  if (request.headers["if-none-match"] === etag) end(response, 304, null, "");
  else end(response, 200, "text/html; charset=utf-8", page);
}

function serveStatic({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("cache-control", "public, max-age=31536000, immutable");
  response.setHeader("etag", etag);
  if (headers["if-none-match"] === etag) {
    end(response, 304, null, "");
  } else if (headers.range === undefined) {
    end(response, 200, "text/javascript", "let a = 1;");
  } else {
    response.setHeader("content-range", "bytes 0-2/10");
    end(response, 206, "text/javascript", "let");
  }
}

function end(response: ServerResponse, status: number, type: string | null, body: string): void {
  if (type !== null) response.setHeader("content-type", type);
  response.writeHead(status);
  response.end(body);
}

const q = "{{ context.query.q }}";

const everybody = (routes: unknown[], on: Record<string, unknown>) => ({ kind: "rollout", routes, variants: { on } });

const configuration = (origin: string) => ({
  site: "shop",
  hosts: ["books.example"],
  origin,
  redirectHosts: ["eu.example"],
  experiences: {
    hero: everybody(["/"], { operations: [{ selector: "h1", action: "setText", value: "Hello" }] }),
    mirror: everybody(["/search"], {
      operations: [
        { selector: "h1", action: "setText", value: q },
        { selector: ".box", action: "setHtml", value: `<b>${q}</b>` },
        { selector: "a", action: "setAttribute", name: "href", value: `/s?q=${q}` },
        { selector: "input", action: "setAttribute", name: "value", value: q },
        { within: "#data", pointer: "/q", action: "set", value: q },
        { header: "x-query", action: "set", value: q },
      ],
    }),
    data: everybody([{ path: "/api/home", surface: "json" }], {
      operations: [{ pointer: "/q", action: "set", value: q }],
    }),
    moved: everybody(["/go"], { redirect: "/summer" }),
    away: everybody(["/away"], { redirect: "https://eu.example/start" }),
    split: everybody(["/split"], { serve: "/split-b" }),
  },
});

/** Starts it all. @throws when the configuration is refused or the runtime does not come up. */
export async function startAttackedSite(): Promise<AttackedSite> {
  const got: Got[] = [];
  const server = createServer((request, response) => record(request, got, () => answer(request, response)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const worker = await startScratch(configuration(origin), { VISIT_KEY: visitKey, ADMIN_TOKEN: adminToken });
  return {
    port: worker.port,
    got: () => got.splice(0),
    logged: worker.logged,
    stop: async () => {
      await worker.stop();
      await closed(server);
    },
  };
}

function record(request: IncomingMessage, got: Got[], then: () => void): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on("end", () => {
    got.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, bytes });
    then();
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
