import { describe, it } from "vitest";
import { type ConsentChoice, encodeConsent } from "../../src/core/consent.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { handle } from "../../src/edge/handle.ts";
import { createSigner } from "../../src/http/signed.ts";
import { edgeWith, everyone, originHtml, pageRequest } from "./ports.ts";

const consentSigner = createSigner("a secret of at least 32 characters!!", "consent");

/** A page for somebody who has said this, or nothing. */
async function pageFor(
  said: Partial<ConsentChoice> | null,
  headers: Record<string, string> = {},
  consent = "required",
) {
  const { edge, seen } = edgeWith({ file: { ...everyone, consent }, consentSigner });
  const choice = { analytics: false, personalization: false, atMs: 1, despiteGpc: false, ...said };
  const value = await consentSigner.sign(encodeConsent("shop" as SiteKey, choice));
  const cookie: Record<string, string> = said === null ? {} : { cookie: `caramel_consent=${value}` };
  const response = await handle(pageRequest("/", { ...cookie, ...headers }), edge);
  const text = await response.text();
  await seen.settled();
  return { text, cookies: response.headers.getSetCookie(), sent: seen.sent, why: response.headers.get("x-caramel") };
}

const all = { analytics: true, personalization: true };

describe("a page of a site that asks first", () => {
  it("is the origin's, sets nothing and records nothing until somebody agrees", async ({ expect }) => {
    const refused = [null, { analytics: true }, {}];
    for (const said of refused) {
      const page = await pageFor(said);
      expect(page).toEqual({ text: originHtml, cookies: [], sent: [], why: "bypass;consent" });
    }
  });

  it("is personalised and counted once they have, with what they allow on every exposure", async ({ expect }) => {
    const page = await pageFor(all);
    expect(page.text).toContain("Hello");
    expect(page.cookies).toHaveLength(1);
    expect(page.sent).toMatchObject([{ purposes: all, exposures: [{ experience: "hero" }] }]);
  });

  it("is personalised but not counted for those who deny analytics", async ({ expect }) => {
    const page = await pageFor({ personalization: true });
    expect(page.text).toContain("Hello");
    expect(page.sent).toEqual([]);
  });

  it("takes no word that is not signed, or was given on another site", async ({ expect }) => {
    const elsewhere = await consentSigner.sign(
      encodeConsent("blog" as SiteKey, { ...all, atMs: 1, despiteGpc: false }),
    );
    for (const value of [elsewhere, "eyJ.x", `${elsewhere}x`]) {
      expect((await pageFor(null, { cookie: `caramel_consent=${value}` })).why).toBe("bypass;consent");
    }
  });
});

describe("a browser that asks not to be tracked", () => {
  const gpc = { "sec-gpc": "1" };

  it("is a no, also to an earlier yes", async ({ expect }) => {
    for (const said of [null, all]) {
      const page = await pageFor(said, gpc, "optOut");
      expect(page).toEqual({ text: originHtml, cookies: [], sent: [], why: "bypass;gpc" });
    }
  });

  it("yields to a yes that was given in spite of it", async ({ expect }) => {
    expect((await pageFor({ ...all, despiteGpc: true }, gpc, "optOut")).text).toContain("Hello");
  });
});
