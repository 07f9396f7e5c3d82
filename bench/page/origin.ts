import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { pageOf } from "./page.ts";

/** The website, in a thread of its own: `/8`, `/60` and `/500` are pages of so many KB, everything else is not found. */
const pages = new Map([8, 60, 500].map((kilobytes) => [`/${kilobytes}`, Buffer.from(pageOf(kilobytes * 1000))]));

const server = createServer((request, response) => {
  const page = pages.get(request.url ?? "");
  if (page === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    return;
  }
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": page.length,
    "cache-control": "public, max-age=60",
    etag: '"bench"',
  });
  response.end(page);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
