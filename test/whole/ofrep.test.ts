import { OFREPProvider } from "@openfeature/ofrep-provider";
import { type Client, ErrorCode, OpenFeature } from "@openfeature/server-sdk";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type OfrepSite, serverToken, startOfrepSite } from "./ofrep-site.ts";

/** The official server-side client, as npm has it, against `npm start -- --config`. */
let site: OfrepSite;
let client: Client;

beforeAll(async () => {
  site = await startOfrepSite([]);
  client = await clientWith(serverToken, "right");
});
afterAll(async () => {
  await OpenFeature.close();
  await site?.remove();
});

/** As docs/ofrep.md shows it. */
async function clientWith(token: string, domain: string): Promise<Client> {
  const provider = new OFREPProvider({ baseUrl: site.baseUrl, headers: [["Authorization", `Bearer ${token}`]] });
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain);
}

const gold = { targetingKey: "reader-42", tier: "gold", name: "Ada" };

describe("the official server client", () => {
  it("reads slots of every type, with variant and reason", async ({ expect }) => {
    const title = await client.getStringDetails("title", "none", gold);
    expect(title).toMatchObject({ reason: "SPLIT", flagMetadata: { experience: "greeting", detail: "split" } });
    expect(title.errorCode).toBeUndefined();
    expect(title.value).toBe(title.variant === "warm" ? "Hello Ada" : "Hello");
    const limit = await client.getNumberDetails("limit", 0, gold);
    expect(limit).toMatchObject({ value: 50, variant: "on", reason: "TARGETING_MATCH" });
    expect(await client.getObjectValue("layout", {}, gold)).toEqual({ columns: 4 });
    expect(await client.getBooleanDetails("lonely", false, gold)).toMatchObject({ value: true, reason: "STATIC" });
    const other = await client.getNumberDetails("limit", 0, { targetingKey: "reader-43" });
    expect(other).toMatchObject({ value: 10, reason: "DEFAULT" });
  });

  it("finds both arms among forty subjects, each subject always in the same", async ({ expect }) => {
    const variantsNow = () =>
      Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const { variant } = await client.getStringDetails("title", "none", { targetingKey: `many-${index}` });
          return variant;
        }),
      );
    const first = await variantsNow();
    expect(new Set(first)).toEqual(new Set(["control", "warm"]));
    expect(await variantsNow()).toEqual(first);
  });

  it("gets OpenFeature's error for an unknown flag, a missing targeting key and another type", async ({ expect }) => {
    const unknown = await client.getStringDetails("nope", "fallback", gold);
    expect(unknown).toMatchObject({ value: "fallback", reason: "ERROR", errorCode: ErrorCode.FLAG_NOT_FOUND });
    const nobody = await client.getStringDetails("title", "fallback", { tier: "gold" });
    expect(nobody).toMatchObject({ value: "fallback", errorCode: ErrorCode.TARGETING_KEY_MISSING });
    const mistyped = await client.getBooleanDetails("title", false, gold);
    expect(mistyped).toMatchObject({ value: false, errorCode: ErrorCode.TYPE_MISMATCH });
  });

  it("falls back when its token is nobody's", async ({ expect }) => {
    const stranger = await clientWith("st_a-token-of-nobody", "wrong");
    const title = await stranger.getStringDetails("title", "fallback", gold);
    expect(title).toMatchObject({ value: "fallback", reason: "ERROR", errorCode: ErrorCode.GENERAL });
  });

  it("leaves one exposure for each subject and experience in D1, under a hash of the targeting key", async ({
    expect,
  }) => {
    const variant = (await client.getStringDetails("title", "none", gold)).variant;
    const recorded = await site.recorded();
    const greeted = recorded.filter(({ experience }) => experience === "greeting");
    // The forty and gold; those without a targeting key, of an unknown flag or with a wrong token leave nothing.
    expect(greeted.length).toBe(41);
    expect(new Set(greeted.map(({ visitor }) => visitor)).size).toBe(41);
    expect(new Set(recorded.map(({ route }) => route))).toEqual(new Set(["ofrep"]));
    expect(JSON.stringify(recorded)).not.toMatch(/reader-|many-/);
    const [once, ...more] = recorded.filter(({ experience }) => experience === "gold");
    expect(more).toEqual([]);
    const ofGold = greeted.find(({ visitor }) => visitor === once?.visitor);
    expect(ofGold?.variant).toBe(variant);
  });
});
