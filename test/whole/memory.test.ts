import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, it } from "vitest";
import { type BareSite, released, startBare, warmed } from "./bare/site.ts";

/** Pages far larger than the memory that a Worker has stream through it, changed, in memory that does not grow with them. */
const megabyte = 1_000_000;
const mostGrowthBytes = 160 * megabyte;

const item = "<li class=offer><a href=/book title='A book'>A book</a> <p>Words about it, and more words.</p></li>\n";
const piece = item.repeat(500);

async function sendPage(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.write("<!doctype html><title>Shop</title><h1>Books</h1><ul>");
  for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end("</ul><p id=last>End</p>");
}

const server = createServer((request, response) => {
  void sendPage(response, Number((request.url ?? "").slice(1)) * megabyte);
});
let site: BareSite;

const everybody = (selector: string, action: object) => ({
  kind: "rollout",
  routes: ["/*"],
  variants: { on: { operations: [{ selector, ...action }] } },
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const experiences = {
    title: everybody("h1", { action: "setText", value: "Still awake?" }),
    offer: everybody(".sale", { action: "addClass", value: "offer--night" }),
    last: everybody("#last", { action: "setText", value: "Changed" }),
  };
  site = await warmed(await startBare(await released({ site: "shop", hosts: ["*"], origin, experiences }), origin));
});
afterAll(async () => {
  await site?.stop();
  server.closeAllConnections();
  server.close();
});

/** Reads a page as it comes. */
async function read(megabytes: number): Promise<{ readonly bytes: number; readonly isChanged: boolean }> {
  const response = await fetch(`http://127.0.0.1:${site.port}/${megabytes}`);
  let [bytes, begin, end] = [0, "", ""];
  for await (const chunk of response.body ?? []) {
    const text = Buffer.from(chunk).toString("latin1");
    if (begin.length < 200) begin += text;
    end = (end + text.slice(-200)).slice(-200);
    bytes += chunk.length;
  }
  return { bytes, isChanged: begin.includes("Still awake?") && end.includes("<p id=last>Changed</p>") };
}

/** The most memory that the runtime held meanwhile, over what it held before. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = await site.residentBytes();
  let most = before;
  const timer = setInterval(() => void site.residentBytes().then((now) => (most = Math.max(most, now))), 50);
  await work().finally(() => clearInterval(timer));
  return most - before;
}

it.skipIf(process.platform !== "linux")(
  "a page of 30 MB, and ten of 20 MB at once, with three experiences",
  async ({ expect }) => {
    await read(1);
    const growth = await growthDuring(async () => {
      const pages = [await read(30), ...(await Promise.all(Array.from({ length: 10 }, () => read(20))))];
      for (const { bytes, isChanged } of pages) expect([bytes > 19 * megabyte, isChanged]).toEqual([true, true]);
    });
    expect(growth).toBeLessThan(mostGrowthBytes);
  },
);
