import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { clientKey, type OfrepSite, startOfrepSite } from "../whole/ofrep-site.ts";
import { chromiumPath, openChromium } from "./chromium.ts";

/** The official browser client, as npm has it, in Chromium, on a page of another origin than the site's. */
const executable = chromiumPath();

interface Answered {
  readonly status: number;
  readonly etag: string | null;
}

/** A website that has nothing but the application. */
async function servePage(): Promise<Server> {
  const built = await build({
    entryPoints: [join(import.meta.dirname, "ofrep-page.ts")],
    bundle: true,
    format: "iife",
    write: false,
  });
  const script = built.outputFiles[0]?.text ?? "";
  const server = createServer(({ url }, response) => {
    const isScript = url === "/app.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? script : '<!doctype html><title>App</title><script src="/app.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe.skipIf(executable === null)("the official browser client", () => {
  let allowed: Server;
  let stranger: Server;
  let site: OfrepSite;
  let browser: Browser;

  beforeAll(async () => {
    [allowed, stranger] = await Promise.all([servePage(), servePage()]);
    site = await startOfrepSite([originOf(allowed)]);
    browser = await openChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await site?.remove();
    for (const server of [allowed, stranger]) {
      server?.closeAllConnections();
      server?.close();
    }
  });

  async function inPage<T>(server: Server, look: (page: Page, bulk: readonly Answered[]) => Promise<T>): Promise<T> {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const bulk: Answered[] = [];
      page.on("response", (response) => {
        const etag = response.headers().etag ?? null;
        if (response.request().method() === "POST") bulk.push({ status: response.status(), etag });
      });
      await page.goto(originOf(server));
      return await look(page, bulk);
    } finally {
      await context.close();
    }
  }

  /** Opens the application in the page. @returns what the client said against it, or `null`. */
  const open = (page: Page, key: string, traits: Record<string, string>, pollMs = 0): Promise<string | null> =>
    page.evaluate(
      `application.open(${[site.baseUrl, key, traits, pollMs].map((value) => JSON.stringify(value)).join()})` +
        ".then(() => null, (error) => String(error.cause ?? error))",
    );

  it("reads slots of every type, and again when the context changes", async ({ expect }) => {
    await inPage(allowed, async (page, bulk) => {
      expect(await open(page, clientKey, { targetingKey: "page-reader", name: "Ada" })).toBeNull();
      const plain = await page.evaluate("application.read()");
      expect(plain).toMatchObject({
        title: { reason: "SPLIT", flagMetadata: { experience: "greeting" } },
        limit: { value: 10, reason: "DEFAULT" },
        lonely: { value: true, reason: "STATIC" },
        layout: { value: { columns: 2 } },
        unknown: { value: "fallback", reason: "ERROR", errorCode: "FLAG_NOT_FOUND" },
      });
      await page.evaluate('application.changeContext({ targetingKey: "page-reader", name: "Ada", tier: "gold" })');
      expect(await page.evaluate("application.read()")).toMatchObject({
        limit: { value: 50, variant: "on", reason: "TARGETING_MATCH" },
        layout: { value: { columns: 4 } },
      });
      expect(bulk.map(({ status }) => status)).toEqual([200, 200]);
      expect(bulk[0]?.etag).not.toBe(bulk[1]?.etag);
    });
  });

  it("polls with the ETag, is answered 304 and keeps its values", async ({ expect }) => {
    await inPage(allowed, async (page, bulk) => {
      expect(await open(page, clientKey, { targetingKey: "poller", tier: "gold" }, 200)).toBeNull();
      await expect.poll(() => bulk.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(3);
      const [first, ...polls] = bulk;
      expect(first?.status).toBe(200);
      expect(new Set(polls.map(({ status }) => status))).toEqual(new Set([304]));
      expect(await page.evaluate("application.read().limit.value")).toBe(50);
      expect(await page.evaluate("application.changes")).toBe(0);
    });
  });

  it("is told what is wrong with its key, its page or its context", async ({ expect }) => {
    await inPage(allowed, async (page) => {
      expect(await open(page, "ck_a-key-of-nobody", { targetingKey: "x" })).toContain("Unauthorized");
      expect(await page.evaluate("application.read().title.value")).toBe("none");
    });
    await inPage(allowed, async (page, bulk) => {
      expect(await open(page, clientKey, { tier: "gold" })).not.toBeNull();
      expect(bulk.map(({ status }) => status)).toEqual([400]);
      expect(await page.evaluate("application.read().title")).toMatchObject({ value: "none", reason: "ERROR" });
    });
    await inPage(stranger, async (page) => {
      expect(await open(page, clientKey, { targetingKey: "x" })).toContain("fetch");
    });
  });

  it("leaves exposures in D1 under the route of applications", async ({ expect }) => {
    const recorded = await site.recorded();
    const perExperience = (key: string) => recorded.filter(({ experience }) => experience === key).length;
    // The reader and the poller; polls that found nothing new, refused keys and other pages leave nothing.
    expect([perExperience("greeting"), perExperience("gold")]).toEqual([2, 2]);
    expect(new Set(recorded.map(({ route }) => route))).toEqual(new Set(["ofrep"]));
  });
});
