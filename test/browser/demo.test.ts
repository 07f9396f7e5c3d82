import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { freePort, type LocalRun, startLocal, temporaryDirectory } from "../whole/local-run.ts";
import { chromiumPath, openChromium } from "./chromium.ts";

/** The tour, as a person takes it: three of its visitors open the demo in Chromium, with JavaScript off and on. */
const executable = chromiumPath();
const screenshots = join(import.meta.dirname, "../output/screenshots");
const visitors = ["a-new-visitor", "nadia", "arthur"] as const;

describe.skipIf(executable === null)("the demo in a browser", async () => {
  const directory = await temporaryDirectory();
  let run: LocalRun;
  let browser: Browser;
  let links: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    run = await startLocal(["--port", String(await freePort()), "--data", join(directory.path, "data")]);
    links = Object.fromEntries(stopsOf(run.printed()));
    browser = await openChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await run?.stop();
    await directory.remove();
  });

  async function visit<T>(visitor: string, javaScriptEnabled: boolean, look: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
    try {
      const page = await context.newPage();
      await page.goto(linkOf(visitor), { waitUntil: "load" });
      await page.screenshot({ path: join(screenshots, `${visitor}-${javaScriptEnabled ? "js" : "no-js"}.png`) });
      return await look(page);
    } finally {
      await context.close();
    }
  }

  function linkOf(visitor: string): string {
    const link = links[visitor];
    if (link === undefined) throw new Error(`the tour has no ${visitor}: ${Object.keys(links)}`);
    return link;
  }

  const headline = (page: Page) => page.locator("#hero h1").innerText();

  it.for([false, true])("greets each visitor as themselves, JavaScript: %s", async (javaScript, { expect }) => {
    const seen = new Map<string, string>();
    for (const visitor of visitors) seen.set(visitor, await visit(visitor, javaScript, headline));
    expect(seen.get("a-new-visitor")).not.toMatch(/Nadia|Arthur/);
    expect(seen.get("nadia")).not.toBe("");
    expect(seen.get("arthur")).toContain("Arthur");
  });

  it("shows the same visitor the same page in another browser, and on coming back", async ({ expect }) => {
    const look = (page: Page) => page.locator("main").innerText();
    const once = await visit("arthur", true, look);
    expect(await visit("arthur", true, look)).toBe(once);
    const back = await visit("arthur", false, async (page) => {
      await page.goto(`${run.url}/`);
      return look(page);
    });
    expect(back).toBe(once);
  });

  it("keeps the visitor's cookie from scripts, and leaves no Liquid and no errors in the page", async ({ expect }) => {
    const errors: string[] = [];
    const { cookies, readable, text } = await visit("nadia", true, async (page) => {
      page.on("pageerror", (error) => errors.push(error.message));
      await page.reload();
      return {
        cookies: await page.context().cookies(),
        readable: await page.evaluate("document.cookie"),
        text: await page.locator("body").innerText(),
      };
    });
    const ours = cookies.filter(({ httpOnly, name }) => httpOnly && !name.startsWith("tl_"));
    expect(ours.length).toBe(1);
    expect(readable).not.toContain(ours[0]?.name);
    expect(text).not.toMatch(/\{\{|\}\}/);
    expect(errors).toEqual([]);
  });
});

/** From the printed tour: who, in one word and small letters, and the address that makes a browser them. */
function stopsOf(tour: string): [string, string][] {
  return [...tour.matchAll(/^ {2}\d+\. ([^,\n]+).*\n(?: {5}(?!http).*\n)* {5}(http\S+)$/gm)].map(
    ([, who = "", url = ""]) => [who.toLowerCase().replaceAll(" ", "-"), url],
  );
}
