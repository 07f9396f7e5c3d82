import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { freePort, startLocal, temporaryDirectory } from "./local-run.ts";

/** The demo as a shopper without JavaScript uses it: real processes, forms and links only. */
const directory = await temporaryDirectory();
afterAll(() => directory.remove());

/** A browser, as far as cookies go. */
function shopper(url: string) {
  const jar = new Map<string, string>();
  return async (path: string, form?: Record<string, string>): Promise<{ status: number; text: string }> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url + path, {
      headers: { cookie, "user-agent": firefox },
      redirect: "manual",
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { status: response.status, text: await response.text() };
  };
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const waits = 'id="basket-waits"';
const crimeMarked = /Crime\s*<span class="eyebrow">your shelf/;

/** A new visitor who filled the basket: two in a hundred are in the holdout and see no change, so another one tries. */
async function reminded(url: string, tries = 4): Promise<ReturnType<typeof shopper>> {
  const shop = shopper(url);
  const before = await shop("/");
  const added = await shop("/basket", { book: "moth-light", quantity: "2" });
  const after = await shop("/");
  if (before.text.includes(waits) || added.status !== 303) throw new Error("reminded of a basket before it was filled");
  if (after.text.includes(waits)) return shop;
  if (tries === 0) throw new Error("nobody was reminded of their basket");
  return reminded(url, tries - 1);
}

describe("the demo, without a script", () => {
  it("knows in the next request what was done in this one, and seconds later what was looked at", async ({
    expect,
  }) => {
    const run = await startLocal(["--port", String(await freePort()), "--data", join(directory.path, "visit")]);
    const shop = await reminded(run.url);

    const order = { name: "Ann", email: "ann@example.org", address: "1 Lane", town: "Town", postcode: "AB1 2CD" };
    expect((await shop("/order", { ...order, postcode: "" })).status).toBe(422);
    expect((await shop("/")).text).toContain(waits);
    expect((await shop("/order", order)).status).toBe(303);
    expect((await shop("/")).text).not.toContain(waits);

    for (let times = 0; times < 4; times += 1) expect((await shop("/books/the-ferrymans-alibi")).status).toBe(200);
    const deadlineMs = Date.now() + 20_000;
    let home = "";
    while (!crimeMarked.test(home) && Date.now() < deadlineMs) home = (await shop("/")).text;
    expect(home).toMatch(crimeMarked);
    await run.stop();
  });
});
