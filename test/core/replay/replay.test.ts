import { describe, it } from "vitest";
import { compileRelease } from "../../../src/core/compile.ts";
import { bucketOf } from "../../../src/core/hash.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../../src/core/ids.ts";
import type { Release } from "../../../src/core/release.ts";
import { isSampled, type RecordedContext, recordedOf, storedAudiencesOf } from "../../../src/core/replay/recorded.ts";
import { replay } from "../../../src/core/replay/replay.ts";
import { draftFrom, subjectFor } from "../given.ts";

const release = (id: string, file: Record<string, unknown>): Release => ({
  shape: 1,
  id: id as ReleaseId,
  site: "shop" as SiteKey,
  content: draftFrom(file),
});
const hero = (warm: number, more: object = {}, value = "Hello") => ({
  experiences: {
    hero: {
      kind: "experiment",
      routes: ["/"],
      ...more,
      variants: {
        control: { weight: `${100 - warm}%` },
        warm: { weight: `${warm}%`, operations: [{ selector: "h1", action: "setText", value }] },
      },
    },
  },
});
const context = (more: Partial<RecordedContext> = {}): RecordedContext => ({
  path: "/",
  query: {},
  method: "GET",
  country: "DE",
  continent: "EU",
  timezone: "Europe/Berlin",
  device: "desktop",
  language: "de",
  returning: false,
  hourMs: 1_800_000_000_000,
  audiences: [],
  ...more,
});
const many = Array.from({ length: 40 }, (_, at) => context({ country: at % 2 === 0 ? "DE" : "FR" }));
const run = (before: Record<string, unknown>, after: Record<string, unknown>, contexts = many) =>
  replay(release("r_live", before), release("r_next", after), contexts);

describe("replay", () => {
  it("says which share would see what change", ({ expect }) => {
    const { changed, changes, contexts, unknown } = run(hero(50), hero(80));
    expect([contexts, unknown]).toEqual([40, []]);
    expect(changed).toBeGreaterThan(0.27);
    expect(changed).toBeLessThan(0.33);
    expect(changes).toEqual([{ experience: "hero", from: "control", to: "warm", share: changed }]);
  });

  it("holds visitors to what they were given where the experience is sticky", ({ expect }) => {
    expect(run(hero(50, { sticky: "visitor" }), hero(80, { sticky: "visitor" })).changes).toEqual([]);
  });

  it("follows audiences over the request, and sees new content, and nothing where nothing changes", ({ expect }) => {
    const german = run(hero(50), hero(50, { audience: { "context.country": "DE" } }));
    expect(german.changed).toBeCloseTo(0.5, 1);
    expect(german.changes.every(({ to }) => to === null)).toBe(true);
    const reworded = run(hero(50), hero(50, {}, "Good evening"));
    expect(reworded.changes).toEqual([{ experience: "hero", from: "warm", to: "warm", share: reworded.changed }]);
    expect(run(hero(50), hero(50))).toMatchObject({ changed: 0, changes: [] });
    expect(run(hero(50), hero(80), [])).toMatchObject({ contexts: 0, visitors: 0, changed: 0 });
  });

  it("reads stored audiences from what was recorded, as long as they mean the same, and says what it can't judge", ({
    expect,
  }) => {
    const audiences = (least: number) => ({ audiences: { loyal: { when: { "event.order.count": { $gte: least } } } } });
    const only = { audience: "loyal", routes: ["/"] };
    const half = many.map((one, at) => ({ ...one, audiences: at % 2 === 0 ? ["loyal"] : [] }));
    const given = run({ ...hero(50), ...audiences(2) }, { ...hero(50, only), ...audiences(2) }, half);
    expect([given.changed.toFixed(1), given.unknown]).toEqual(["0.5", []]);
    const moved = run({ ...hero(50, only), ...audiences(2) }, { ...hero(80, only), ...audiences(3) }, half);
    expect(moved).toMatchObject({
      changed: 0,
      unknown: [{ experience: "hero", why: expect.stringContaining("loyal has changed") }],
    });
    const own = run(hero(50), hero(80, { audience: { "trait.tier": "gold" } }), half);
    expect(own.unknown).toEqual([{ experience: "hero", why: "its own condition reads stored facts" }]);
  });

  it("is quick for two thousand contexts", ({ expect }) => {
    const startMs = performance.now();
    run(
      hero(50),
      hero(80),
      Array.from({ length: 2000 }, () => context()),
    );
    expect(performance.now() - startMs).toBeLessThan(3000);
  });
});

describe("what is recorded", () => {
  it("leads back to nobody: no id, no address, no path or query as asked, no fact", ({ expect }) => {
    const file = {
      audiences: {
        loyal: { when: { "trait.email": "ann@books.example" } },
        plain: { when: { "context.country": "DE" } },
      },
    };
    const compiled = compileRelease(release("r_live", file));
    const subject = subjectFor({
      id: "visitor-secret-000001",
      user: "ann@books.example",
      url: "https://shop.example/account/ann-smith?token=secret&q=ann",
      headers: {
        "user-agent": "Special/1.0 (Ann's own; Mobile)",
        "accept-language": "de-CH,de;q=0.9",
        referer: "https://x.example/ann",
      },
      country: "CH",
      at: "2026-11-23T12:34:56Z",
      profile: { traits: { email: "ann@books.example" } },
    });
    const pattern = { path: "/account/:name/*", query: { q: "*" }, methods: ["GET"], surface: "html" as const };
    const recorded = recordedOf(subject, pattern, storedAudiencesOf(subject, compiled));
    expect(recorded).toEqual({
      path: "/account/x/x",
      query: { q: "x" },
      method: "GET",
      country: "CH",
      continent: null,
      timezone: null,
      device: "mobile",
      language: "de",
      returning: true,
      hourMs: Date.parse("2026-11-23T12:00:00Z"),
      audiences: ["loyal"],
    });
    expect(JSON.stringify(recorded)).not.toMatch(/ann|secret|special|books/i);
  });

  it("is one visitor in a hundred", ({ expect }) => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `visitor-${at}-abcdef` as VisitorId);
    const share = ids.filter(isSampled).length / ids.length;
    expect(share).toBeGreaterThan(0.007);
    expect(share).toBeLessThan(0.013);
    expect(ids.filter((id) => bucketOf("replay", id) === 99).every(isSampled)).toBe(true);
  });
});
