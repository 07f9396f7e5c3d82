import { afterAll, beforeAll, describe, it } from "vitest";
import { adminToken, visitKey } from "./abuse/site.ts";
import { released, startBare, warmed } from "./bare/site.ts";
import { bodyFor, configurationFor, difference, inserted, readMarks, readText } from "./bytes/marks.ts";
import { type PagesOrigin, servePages, waysFor, waysOnMiniflare } from "./bytes/origin.ts";
import { isLeftAlone, pages } from "./bytes/pages.ts";
import type { Sent } from "./bytes/sent.ts";
import { startScratch } from "./scratch-site.ts";

/** The built Worker leaves every byte of a page alone but those it was asked to change. */
let origin: PagesOrigin;
beforeAll(async () => {
  origin = await servePages(pages);
});
afterAll(() => origin?.close());

const runtimes = {
  workerd: async (url: string) => startBare(await released(configurationFor(url)), url),
  miniflare: (url: string) => startScratch(configurationFor(url), { VISIT_KEY: visitKey, ADMIN_TOKEN: adminToken }),
};

const cases = pages.map((page, index) => [page.name, page, index] as const);

it("there are more than a hundred pages, each with a name of its own", ({ expect }) => {
  expect(new Set(pages.map(({ name }) => name)).size).toBe(pages.length);
  expect(pages.length).toBeGreaterThan(100);
});

describe.each(["workerd", "miniflare"] as const)("on %s", (runtime) => {
  let site: Awaited<ReturnType<(typeof runtimes)[typeof runtime]>>;
  beforeAll(async () => {
    site = await warmed(await runtimes[runtime](origin.url));
  });
  afterAll(() => site?.stop());

  async function ask(path: string): Promise<Buffer> {
    const response = await fetch(`http://127.0.0.1:${site.port}${path}`);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** What a page becomes in each of the ways that the origin sends it. */
  const answers = (kind: string, page: Sent, index: number) =>
    Promise.all(
      (runtime === "miniflare" ? waysOnMiniflare() : waysFor(page)).map(
        async (way) => [way, await ask(`/${kind}/${index}/${way}`)] as const,
      ),
    );

  it.for(cases)("a page on which nothing matches is the origin's: %s", async ([, page, index], { expect }) => {
    for (const [way, got] of await answers("plain", page, index)) {
      expect(difference(got, page.bytes), way).toBeNull();
    }
  });

  const reached = new Set<string>();
  it.for(cases)("a page with operations differs only where they act: %s", async ([, page, index], { expect }) => {
    for (const [way, got] of await answers("marked", page, index)) {
      if (isLeftAlone(page)) {
        expect(difference(got, bodyFor("marked", page)), way).toBeNull();
        continue;
      }
      const found = readMarks(page, got);
      expect(found.difference, way).toBeNull();
      expect(readText(found.between), way).toBe(inserted);
      if (!/utf-8/i.test(page.type)) expect(found.between.every((byte) => byte < 0x80)).toBe(true);
      if (found.isRemoved) reached.add(page.name);
    }
  });

  it("the last mark of most pages is reached: what precedes it is lexed, not given up on", ({ expect }) => {
    expect([...reached]).toEqual(
      expect.arrayContaining(["an article", "a form", "CRLF", "SVG", "templates", "Shift_JIS", "a line of 1 MB"]),
    );
    expect(reached.size).toBeGreaterThan(pages.length / 2);
  });
});
