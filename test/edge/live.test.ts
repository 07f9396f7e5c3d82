import { describe, it } from "vitest";
import type { ReleaseId, SiteKey } from "../../src/core/ids.ts";
import type { LivePointer, Release } from "../../src/core/release.ts";
import type { Failure } from "../../src/edge/edge.ts";
import { createLiveSites, type Live, type NoRelease, type ReleaseReader, refreshAfterMs } from "../../src/edge/live.ts";
import { compiledFrom, everyone } from "./ports.ts";

const site = "shop" as SiteKey;
const bandit = {
  experiences: {
    hero: { ...everyone.experiences.hero, kind: "bandit", variants: { a: { weight: "50%" }, b: { weight: "50%" } } },
  },
};
const releaseWith = (id: string, file: Record<string, unknown> = everyone): Release => ({
  ...compiledFrom(file).release,
  id: id as ReleaseId,
});
const one = releaseWith("r_00000000000000000001");
const two = releaseWith("r_00000000000000000002");

/** KV as the test wants it, a clock, and all that was put off. */
function world(given: Partial<ReleaseReader> = {}) {
  let nowMs = 0;
  const failures: Failure[] = [];
  const work: Promise<unknown>[] = [];
  const reads: string[] = [];
  const live = { release: one as Release | null, killed: false };
  const reader: ReleaseReader = {
    findSite: async () => site,
    pointer: async (): Promise<LivePointer | null> =>
      live.release === null ? null : { site, release: live.release.id, killed: live.killed, publishedAtMs: 0 },
    release: async (id) => {
      reads.push(id);
      return live.release;
    },
    weights: async () => ({}),
    ...given,
  };
  const sites = createLiveSites({ reader, now: () => nowMs, report: (failure) => failures.push(failure) });
  const find = async () => sites.find("shop.example", (promise) => work.push(promise));
  const pass = async (ms: number) => {
    nowMs += ms;
    await find();
    await Promise.all(work);
  };
  return { find, pass, live, failures, reads };
}

const idOf = (found: Live | NoRelease): string => (typeof found === "string" ? found : found.compiled.id);
const never = () => new Promise<never>(() => {});

describe("what is live", () => {
  it("is read once, and answered from memory", async ({ expect }) => {
    const { find, reads } = world();
    expect([idOf(await find()), idOf(await find())]).toEqual([one.id, one.id]);
    expect(reads).toEqual([one.id]);
  });

  it("follows a publish and a kill after a few seconds, in the background", async ({ expect }) => {
    const { find, pass, live } = world();
    await find();
    Object.assign(live, { release: two, killed: true });
    expect(idOf(await find())).toBe(one.id);
    await pass(refreshAfterMs + 1);
    const found = await find();
    expect(idOf(found)).toBe(two.id);
    expect(typeof found !== "string" && found.pointer.killed).toBe(true);
  });

  it("is not compiled again while it stays the same", async ({ expect }) => {
    const { find, pass, reads } = world();
    const before = await find();
    await pass(refreshAfterMs + 1);
    const after = await find();
    expect(typeof before !== "string" && typeof after !== "string" && before.compiled === after.compiled).toBe(true);
    expect(reads).toHaveLength(1);
  });

  it("takes a bandit's weights as they are learnt, without another release", async ({ expect }) => {
    let weights = {};
    const { find, pass, live } = world({ weights: async () => weights });
    live.release = releaseWith("r_00000000000000000003", bandit);
    await find();
    weights = { hero: [1000, 9000] };
    await pass(refreshAfterMs + 1);
    const found = await find();
    expect(typeof found !== "string" && found.weights).toEqual(weights);
  });
});

describe("when KV fails", () => {
  it("keeps the release it has, whatever arrives in its place", async ({ expect }) => {
    const broken = { ...two, content: { site: {} } } as unknown as Release;
    for (const bad of [broken, null]) {
      const { find, pass, live } = world();
      await find();
      live.release = bad;
      await pass(refreshAfterMs + 1);
      await pass(refreshAfterMs + 1);
      const found = idOf(await find());
      // Nothing live any more is a fact; a release that does not compile is none.
      expect(found).toBe(bad === null ? "no-release" : one.id);
    }
  });

  it("lets a cold isolate's pages pass within the deadline, and does not make the next ones wait", async ({
    expect,
  }) => {
    const { find } = world({ pointer: never });
    const startedMs = Date.now();
    expect(await find()).toBe("no-release");
    const first = Date.now() - startedMs;
    expect(first).toBeLessThan(1_000);
    const againMs = Date.now();
    expect(await find()).toBe("no-release");
    expect(Date.now() - againMs).toBeLessThan(Math.max(30, first / 2));
  });

  it("begins anew when a look-up was lost with the request that began it", async ({ expect }) => {
    let isLost = true;
    const { find, pass } = world({ findSite: () => (isLost ? never() : Promise.resolve(site)) });
    expect(await find()).toBe("no-release");
    isLost = false;
    const later = world();
    expect(idOf(await later.find())).toBe(one.id);
    // Not awaited: the lost look-up never ends.
    void pass(11_000);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(idOf(await find())).toBe(one.id);
  });

  it("reports, and asks again", async ({ expect }) => {
    let fails = true;
    const { find, pass, failures } = world({
      findSite: async () => {
        if (fails) throw new Error("KV is down");
        return site;
      },
    });
    expect(await find()).toBe("no-release");
    expect(failures.map(({ stage }) => stage)).toEqual(["release"]);
    fails = false;
    await pass(refreshAfterMs);
    await pass(1);
    expect(idOf(await find())).toBe(one.id);
  });
});
