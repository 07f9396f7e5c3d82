import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bodyFor } from "./marks.ts";
import type { Sent } from "./sent.ts";

/** How the origin sends a page: at once, in a few pieces, in many of odd sizes, or compressed. */
export const ways = ["whole", "pieces", "ragged", "gzip", "br"] as const;
export type Way = (typeof ways)[number];

/** Pages this large are sent whole and in pieces only. */
const largeBytes = 500_000;
export const waysFor = ({ bytes }: Sent): readonly Way[] => (bytes.length > largeBytes ? ["whole", "pieces"] : ways);

export interface PagesOrigin {
  readonly url: string;
  readonly close: () => void;
}

/** The runtime beneath is the same one: what miniflare could do to a page shows in one way of sending it. */
export const waysOnMiniflare = (): readonly Way[] => ["pieces"];

/** Serves `/<kind>/<number>/<way>`: a page with or without our marks in it. */
export async function servePages(pages: readonly Sent[]): Promise<PagesOrigin> {
  const server: Server = createServer((request, response) => {
    const [, kind = "", number, way] = (request.url ?? "").split("/");
    const page = pages[Number(number)];
    if (page === undefined) return void response.writeHead(404).end();
    response.setHeader("content-type", page.type);
    void send(response, bodyFor(kind, page), way as Way);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function send(response: ServerResponse, bytes: Buffer, way: Way): Promise<void> {
  if (way === "gzip" || way === "br") {
    response.setHeader("content-encoding", way);
    return void response.end(way === "gzip" ? gzipSync(bytes) : brotliCompressSync(bytes));
  }
  if (way === "whole") return void response.setHeader("content-length", bytes.length).end(bytes);
  const next = way === "pieces" ? pieces(bytes.length) : raggedPieces(bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const size = next();
    response.write(bytes.subarray(at, at + size));
    at += size;
    await wait(1);
  }
  response.end();
}

const pieces = (length: number) => () => Math.max(1, Math.ceil(length / 7));

/** Sizes that no page is prepared for: small at first, where head and marks are, the same in every run. */
function raggedPieces(length: number): () => number {
  let [count, seed] = [0, length];
  return () => {
    count += 1;
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return count > 30 ? Math.max(1, Math.ceil(length / 10)) : 1 + (seed % 23);
  };
}
