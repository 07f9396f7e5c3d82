import type { Sent } from "./sent.ts";

/** What our operation writes: markup to be escaped, and characters that few charsets have. */
export const inserted = "neu – “é” 日本 & <b>";

const [opening, old, closing] = ['<!doctype html><p id="mark-first">', "old", "</p>"];
const last = '<p id="mark-last">last</p>';

const everybody = (path: string, operations: readonly object[]) => ({
  kind: "rollout",
  routes: [path],
  variants: { on: { operations } },
});

/** A site on which nothing matches below `/plain/`, both marks below `/marked/`, and every page has something added below `/parts/`. */
export const configurationFor = (origin: string) => ({
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
    parts: everybody("/parts/*", [
      { selector: "head", action: "append", value: '<meta name="caramel-mark" content="é">' },
      { selector: "body", action: "append", value: '<caramel-mark title="é"></caramel-mark>' },
    ]),
  },
});

const bomLength = ({ bytes }: Sent): number => (bytes.subarray(0, 3).toString("hex") === "efbbbf" ? 3 : 0);

/** The page between two places of ours: one before all that is wrong with it, one after. */
function around(page: Sent): { readonly before: Buffer; readonly after: Buffer } {
  const start = bomLength(page);
  return {
    before: Buffer.concat([page.bytes.subarray(0, start), Buffer.from(opening)]),
    after: Buffer.concat([Buffer.from(closing), page.bytes.subarray(start), Buffer.from(last)]),
  };
}

/** What the origin sends of a page. */
export function bodyFor(kind: string, page: Sent): Buffer {
  if (kind !== "marked") return page.bytes;
  const { before, after } = around(page);
  return Buffer.concat([before, Buffer.from(old), after]);
}

/** What a marked page became. */
export interface Found {
  /** How it differs outside of the marks; `null`: in nothing. */
  readonly difference: string | null;
  /** What stands in the first mark. */
  readonly between: Buffer;
  /** Whether the last mark is gone: it stays where the page hides it, or where the rewriter had to stop before it. */
  readonly isRemoved: boolean;
}

export function readMarks(page: Sent, got: Buffer): Found {
  const { before, after } = around(page);
  const isRemoved = !got.subarray(-last.length).equals(Buffer.from(last));
  const rest = isRemoved ? after.subarray(0, -last.length) : after;
  return {
    difference: difference(got.subarray(0, before.length), before) ?? difference(got.subarray(-rest.length), rest),
    between: got.subarray(before.length, got.length - rest.length),
    isRemoved,
  };
}

/** Where two texts part; a diff of megabytes would tell nobody anything. */
export function difference(got: Buffer, wanted: Buffer): string | null {
  if (got.equals(wanted)) return null;
  const at = wanted.findIndex((byte, index) => got[index] !== byte);
  const near = (bytes: Buffer) => JSON.stringify(bytes.subarray(Math.max(0, at - 20), at + 40).toString("latin1"));
  return `${got.length} bytes for ${wanted.length}, at ${at}: ${near(got)} for ${near(wanted)}`;
}

/** What a reader sees of text written with references. */
export const readText = (bytes: Buffer): string =>
  bytes
    .toString("utf8")
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) =>
      String.fromCodePoint(Number.parseInt(digits, hex === "" ? 10 : 16)),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
