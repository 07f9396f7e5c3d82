import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { adminOf } from "../../src/cli/local/admin.ts";
import { accessOf, freePort, type LocalRun, startLocal, temporaryDirectory } from "../whole/local-run.ts";
import { appSite, serveApp } from "./app-site.ts";
import { chromiumPath, openChromium } from "./chromium.ts";
import { type Held, heldOf, sideBySide } from "./held.ts";

/** What `client.js` does in a real browser: on the demo's pages, in a single-page app, and with a blocker in the way. */
const executable = chromiumPath();
const screenshots = join(import.meta.dirname, "../output/screenshots");

/** The browser has said how quickly it painted, as it does once it has; after a first input it says no more. */
const painted = `new Promise((resolve) =>
  new PerformanceObserver(resolve).observe({ type: "largest-contentful-paint", buffered: true })).then(() => null)`;

/** Headless Chromium calls itself that, and is taken for a crawler. */
const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

describe.skipIf(executable === null)("client.js in a browser", async () => {
  const directory = await temporaryDirectory();
  let run: LocalRun;
  let appServer: Server;
  let appUrl: string;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    const data = join(directory.path, "data");
    [appServer, run] = await Promise.all([
      serveApp(),
      startLocal(["--port", String(await freePort()), "--data", data]),
    ]);
    const admin = adminOf(await accessOf(data));
    for (const [method, path, body] of [
      ["PUT", "/sites/app/draft", appSite(appServer)],
      ["POST", "/sites/app/releases", {}],
    ] as const) {
      const done = await admin(method, path, body);
      if (!done.ok) throw new Error(JSON.stringify(done.error));
    }
    appUrl = run.url.replace("localhost", "app.localhost");
    browser = await openChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await run?.stop();
    appServer?.closeAllConnections();
    appServer?.close();
    await directory.remove();
  });

  /** A fresh browser, and what its pages complained of. */
  async function visit<T>(
    look: (page: Page, complaints: string[], context: BrowserContext) => Promise<T>,
    blocks: string | null = null,
  ): Promise<T> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, userAgent });
    try {
      if (blocks !== null) await context.route(blocks, (route) => route.abort("blockedbyclient"));
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      return await look(page, complaints, context);
    } finally {
      await context.close();
    }
  }

  /** Playwright's own waiting needs eval in the page, which its policy forbids. */
  const until = async (page: Page, condition: string) => {
    while ((await page.evaluate(condition)) !== true) await page.waitForTimeout(20);
  };
  const textOf = (page: Page, selector: string) => page.locator(selector).innerText();
  const settled = async (page: Page, names: readonly string[]): Promise<Held> => {
    const deadlineMs = Date.now() + 15_000;
    for (;;) {
      const held = await heldOf(page);
      if (names.every((name) => held.events.some((event) => event.name === name)) || Date.now() > deadlineMs)
        return held;
      await page.waitForTimeout(300);
    }
  };

  it("tells a shopper's journey, and the profile that results agrees with it", async ({ expect }) => {
    await visit(async (page, complaints) => {
      await page.goto(run.url);
      await page.evaluate(painted);
      await page.mouse.wheel(0, 2000);
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(screenshots, "journey-1-home.png") });
      await page.locator(".offer-link").click();
      await page.waitForURL("**/about**");
      await page.goto(`${run.url}/books/moth-light`);
      await page.evaluate('caramel.track("wished", { value: 3, props: { sku: "moth-light" } })');
      await page.locator("#buy-box .buy").click();
      await page.waitForLoadState("load");
      await page.goto(run.url);
      // The page said it, the form said it: both are known here, and neither needed the stored profile.
      expect(await textOf(page, ".offer-link")).toBe("You know how we post");
      expect(await page.locator("#basket-waits").count()).toBe(1);
      await page.screenshot({ path: join(screenshots, "journey-2-home-again.png") });
      await page.goto(`${run.url}/about`);

      const names = ["page_view", "page_time", "web_vitals", "ask_postage", "wished", "view_book", "add_to_basket"];
      const held = await settled(page, names);
      expect(new Set(held.events.map(({ name }) => name))).toEqual(new Set(names));
      const sourceOf = (name: string) => held.events.find((event) => event.name === name)?.source;
      expect([sourceOf("wished"), sourceOf("ask_postage"), sourceOf("view_book")]).toEqual(["page", "page", "edge"]);
      expect(held.events.find(({ name }) => name === "wished")).toMatchObject({
        value: 3,
        props: { sku: "moth-light" },
      });
      expect(held.events.find(({ name }) => name === "ask_postage")).toMatchObject({ props: { from: "offer" } });
      const views = held.events.filter(({ name }) => name === "page_view").map(({ props }) => props.path);
      expect(views).toEqual(expect.arrayContaining(["/", "/about", "/books/moth-light"]));
      const [home] = held.events.filter(({ name, props }) => name === "page_time" && props.path === "/");
      expect(home?.value).toBeGreaterThan(0);
      expect(home?.props.depth).toBeGreaterThan(20);
      const [vitals] = held.events.filter(({ name }) => name === "web_vitals");
      expect(vitals?.props).toMatchObject({ cls: expect.any(Number), lcp: expect.any(Number) });
      for (const name of names) {
        const counted = held.events.filter((event) => event.name === name).length;
        expect(held.profile.events[name]?.count, name).toBe(counted);
      }
      expect(complaints).toEqual([]);
      await page.setContent(sideBySide(held));
      await page.screenshot({ path: join(screenshots, "journey-3-events-and-profile.png"), fullPage: true });
    });
  });

  it("keeps a single-page app's operations through hydration and navigation, under a strict policy", async ({
    expect,
  }) => {
    await visit(async (page, complaints) => {
      await page.goto(appUrl);
      expect(await page.evaluate("document.scripts[0].src")).toContain("/_caramel/client.js?v=");
      await until(page, "app.isHydrated");
      expect(await page.evaluate('[...document.querySelectorAll("h1, #note")].map((e) => e.textContent)')).toEqual([
        "Welcome",
        "Only you",
      ]);
      expect(await page.locator(".gone").isVisible()).toBe(false);
      await page.screenshot({ path: join(screenshots, "app-1-hydrated.png") });

      const pressed = page.waitForResponse((one) => one.request().postData()?.includes("pressed") === true);
      await page.locator("button b").click();
      expect((await pressed).status()).toBe(202);
      const told = page.waitForResponse((one) => one.url().endsWith("/_caramel/page"));
      await page.evaluate('app.go("/second")');
      await until(page, 'document.querySelector(".yours") !== null');
      expect((await told).status()).toBe(202);
      expect(
        await page.evaluate('[...document.querySelectorAll("h1, #beside, .lede")].map((e) => e.textContent)'),
      ).toEqual(["Second, for you", "And this beside it", "Thank you for pressing"]);
      expect(await page.evaluate('document.querySelector(".more").href')).toBe(`${appUrl}/more-for-you`);
      expect(await page.evaluate('getComputedStyle(document.querySelector(".more")).color')).toBe("rgb(176, 0, 0)");
      expect(await page.locator(".gone").isVisible()).toBe(false);
      expect(await page.locator("#note").count()).toBe(0);
      await page.evaluate("app.rerender()");
      expect(await textOf(page, "h1")).toBe("Second, for you");
      await page.screenshot({ path: join(screenshots, "app-2-navigated.png") });

      const held = await settled(page, ["page_view", "page_time", "operation_reverted", "pressed"]);
      expect(
        held.events
          .filter(({ name }) => name === "page_view")
          .map(({ props }) => props.path)
          .sort(),
      ).toEqual(["/", "/second"]);
      expect(
        held.events
          .filter(({ name }) => name === "operation_reverted")
          .map(({ props }) => props.selector)
          .sort(),
      ).toEqual([".gone", "h1", "main"]);
      expect(held.events.find(({ name }) => name === "pressed")).toMatchObject({ value: 2, props: { sku: "b-1" } });
      const exposed = held.exposures.map(({ experience, route }) => `${experience} ${route}`).sort();
      expect(exposed).toEqual(["second /second", "start /", "thanks /second"]);
      expect(complaints).toEqual([]);
    });
  });

  it.for(["**/_caramel/**", "**/_caramel/events"])(
    "leaves pages as they are when %s is blocked",
    async (blocks, { expect }) => {
      await visit(async (page, complaints) => {
        await page.goto(run.url);
        await page.evaluate('Promise.all([1, 2, 3, 4, 5].map(() => window.caramel?.track("wished")))');
        for (let time = 0; time < 4; time++) await page.evaluate('window.caramel?.track("wished")');
        await page.locator(".offer-link").click();
        await page.waitForURL("**/about**");
        expect(await textOf(page, "h1")).toBeTruthy();
        const own = complaints.filter((text) => !text.includes("ERR_BLOCKED_BY_CLIENT"));
        expect(own).toEqual([]);
        // It gives up after three calls, rather than going on for ever.
        expect(complaints.length).toBeLessThanOrEqual(6);
      }, blocks);
    },
  );
});
