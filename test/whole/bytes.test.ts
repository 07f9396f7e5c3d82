import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { pages, type Sent } from "./bytes-pages.ts";
import { type ScratchSite, startScratch } from "./scratch-site.ts";

/** The built Worker leaves every byte of a page alone but those it was asked to change. */
const inserted = "neu – “é” 日本 & <b>";

const configuration = (origin: string) => ({
  site: "bytes",
  hosts: ["*"],
  origin,
  experiences: {
    nowhere: everybody("/plain/*", [
      { selector: ".nobody-has-this-class", action: "setText", value: inserted },
      { selector: "#nor-this-id > a[href]", action: "remove" },
      { selector: "nor-this-element", action: "setAttribute", name: "title", value: inserted },
    ]),
    marked: everybody("/marked/*", [
      { selector: "#mark-first", action: "setText", value: inserted },
      { selector: "#mark-last", action: "remove" },
    ]),
  },
});

const everybody = (path: string, operations: readonly object[]) => ({
  kind: "rollout",
  routes: [path],
  variants: { on: { operations } },
});

const [opening, old, closing] = ['<!doctype html><p id="mark-first">', "old", "</p>"];
const last = '<p id="mark-last">last</p>';

const bomLength = ({ bytes }: Sent) => (bytes.subarray(0, 3).toString("hex") === "efbbbf" ? 3 : 0);

/** The page between two places of ours: one before all that is wrong with it, one after. */
function marked(page: Sent): { readonly before: Buffer; readonly after: Buffer } {
  const start = bomLength(page);
  return {
    before: Buffer.concat([page.bytes.subarray(0, start), Buffer.from(opening)]),
    after: Buffer.concat([Buffer.from(closing), page.bytes.subarray(start), Buffer.from(last)]),
  };
}

function bytesFor(kind: string | undefined, page: Sent): Buffer {
  if (kind === "plain") return page.bytes;
  const { before, after } = marked(page);
  return Buffer.concat([before, Buffer.from(old), after]);
}

/** In how many pieces the origin sends a page when asked to: each ends wherever it happens to. */
const pieces = 7;

async function send(response: ServerResponse, bytes: Buffer, isInPieces: boolean): Promise<void> {
  const size = isInPieces ? Math.max(1, Math.ceil(bytes.length / pieces)) : bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (isInPieces) await wait(1);
  }
  response.end();
}

let origin: Server;
let site: ScratchSite;

beforeAll(async () => {
  origin = createServer((request, response) => {
    const [, kind, number, how] = (request.url ?? "").split("/");
    const page = pages[Number(number)];
    if (page === undefined) return void response.writeHead(404).end();
    response.setHeader("content-type", page.type);
    return void send(response, bytesFor(kind, page), how === "pieces");
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  site = await startScratch(configuration(`http://127.0.0.1:${port}`), {
    VISIT_KEY: "a-visit-key-of-at-least-32-characters",
    ADMIN_TOKEN: "an-admin-token-of-at-least-32-characters",
  });
});
afterAll(async () => {
  await site?.stop();
  origin?.closeAllConnections();
  origin?.close();
});

async function ask(path: string): Promise<{ readonly bytes: Buffer; readonly headers: Headers }> {
  const response = await fetch(`http://127.0.0.1:${site.port}${path}`);
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

/** Where two texts part; a diff of megabytes would tell nobody anything. */
function difference(got: Buffer, wanted: Buffer): string | null {
  if (got.equals(wanted)) return null;
  const at = wanted.findIndex((byte, index) => got[index] !== byte);
  const around = (bytes: Buffer) => JSON.stringify(bytes.subarray(Math.max(0, at - 20), at + 40).toString("latin1"));
  return `${got.length} bytes for ${wanted.length}, at ${at}: ${around(got)} for ${around(wanted)}`;
}

const cases = pages.flatMap((page, index) => ["whole", "pieces"].map((how) => [page.name, how, page, index] as const));

it("there are more than sixty pages, each with a name of its own", ({ expect }) => {
  expect(new Set(pages.map(({ name }) => name)).size).toBe(pages.length);
  expect(pages.length).toBeGreaterThan(60);
});

describe("a page on which nothing matches is the origin's, byte for byte", () => {
  it.for(cases)("%s, sent %s", async ([, how, page, index], { expect }) => {
    const { bytes } = await ask(`/plain/${index}/${how}`);
    expect(difference(bytes, page.bytes)).toBeNull();
  });
});

/** Charsets that HTMLRewriter cannot take: these pages are left alone, marks and all. */
const isLeftAlone = ({ type }: Sent) => /utf-16|utf-7|iso-2022|x-nobody/.test(type);

const textOf = (bytes: Buffer): string =>
  bytes
    .toString("utf8")
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) =>
      String.fromCodePoint(Number.parseInt(digits, hex === "" ? 10 : 16)),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

describe("a page with operations differs only where they act", () => {
  it.for(cases.filter(([, , page]) => !isLeftAlone(page)))("%s, sent %s", async ([, how, page, index], { expect }) => {
    const { bytes } = await ask(`/marked/${index}/${how}`);
    const { before, after } = marked(page);
    expect(difference(bytes.subarray(0, before.length), before)).toBeNull();
    // The last mark is gone, or is still there where the page hides it or the rewriter had to stop before it.
    const isRemoved = !bytes.subarray(-last.length).equals(Buffer.from(last));
    const rest = isRemoved ? after.subarray(0, -last.length) : after;
    expect(difference(bytes.subarray(-rest.length), rest)).toBeNull();
    const between = bytes.subarray(before.length, bytes.length - rest.length);
    expect(textOf(between)).toBe(inserted);
    if (!/utf-8/i.test(page.type)) expect(between.every((byte) => byte < 0x80)).toBe(true);
  });

  it.for(cases.filter(([, , page]) => isLeftAlone(page)))(
    "or not at all: %s, sent %s",
    async ([, how, page, index], { expect }) => {
      const { bytes } = await ask(`/marked/${index}/${how}`);
      expect(difference(bytes, bytesFor("marked", page))).toBeNull();
    },
  );
});

it("reaches the last mark of most pages: what precedes it is lexed, not given up on", async ({ expect }) => {
  const reached: string[] = [];
  for (const [index, { name }] of pages.entries()) {
    const { bytes } = await ask(`/marked/${index}/whole`);
    if (!bytes.includes(last)) reached.push(name);
  }
  expect(reached).toEqual(
    expect.arrayContaining(["an article", "a form", "CRLF", "SVG", "templates", "Shift_JIS", "a line of 1 MB"]),
  );
  expect(reached.length).toBeGreaterThan(pages.length / 2);
});
