import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { movementOf } from "../../../src/core/diff/movement.ts";
import { crowd, draftFrom, givenTo, releaseFrom } from "../given.ts";

/** Configurations of one experience in which everything that is hashed is used, and often shares a seed. */
const share = fc.integer({ min: 0, max: 100 });
const seed = fc.constantFrom("hero", "other");
const range = fc.tuple(share, share).map(([a, b]) => [Math.min(a, b) / 100, Math.max(a, b) / 100]);
const file = fc
  .record({
    coverage: share.map((percent) => `${percent}%`),
    first: share,
    seed,
    holdback: fc.constantFrom(undefined, "20%"),
    holdout: fc.constantFrom(undefined, "10%", { coverage: "30%", seed: "hero" }),
    layer: fc.constantFrom(undefined, [[0, 4000]], [[1000, 9000]]),
    namespace: fc.option(
      range.map(([from, to]) => ({ id: "n", from, to })),
      { nil: undefined },
    ),
    filters: fc.constantFrom(undefined, [{ seed: "hero", ranges: [[0.2, 0.7]] }]),
  })
  .map(({ first, layer, holdout, ...rest }) => ({
    ...(holdout === undefined ? {} : { holdouts: { all: holdout } }),
    layers: { top: {} },
    experiences: {
      hero: {
        kind: "experiment",
        routes: ["/"],
        ...JSON.parse(JSON.stringify(rest)),
        ...(layer === undefined ? {} : { layer: { key: "top", ranges: layer } }),
        variants: {
          a: { weight: `${first}%` },
          b: { weight: `${100 - first}%`, operations: [{ selector: "h1", action: "remove" }] },
        },
      },
    },
  }));

const visitors = crowd(4000);
/** Four standard deviations of a share among so many. */
const tolerance = 4 * Math.sqrt(0.25 / visitors.length);

/** The shares as deciding gives them, visitor by visitor. */
function counted(before: object, after: object, sticky: boolean) {
  const [from, to] = [releaseFrom(before as Record<string, unknown>), releaseFrom(after as Record<string, unknown>)];
  const armOf = (release: typeof from, id: string, enrolled = {}) =>
    givenTo(release, { id, enrolled })[0]?.split("=")[1];
  const pairs = visitors.map((id) => {
    const variant = armOf(from, id);
    const enrolled = sticky && variant !== undefined && variant !== "holdback" ? { hero: { variant, version: 1 } } : {};
    return [variant, armOf(to, id, enrolled)] as const;
  });
  const shareOf = (holds: (pair: (typeof pairs)[number]) => boolean) => pairs.filter(holds).length / pairs.length;
  return {
    enrolled: shareOf(([a]) => a !== undefined),
    switches: shareOf(([a, b]) => a !== undefined && b !== undefined && a !== b),
    leaves: shareOf(([a, b]) => a !== undefined && b === undefined),
    enters: shareOf(([a, b]) => a === undefined && b !== undefined),
  };
}

const close = (one: Record<string, number>, other: Record<string, number>) => {
  for (const [name, value] of Object.entries(other))
    expect([name, Math.abs((one[name] ?? -1) - value) < tolerance]).toEqual([name, true]);
};

describe("movement", { timeout: 60_000 }, () => {
  test.prop([file, file], { numRuns: 25 })("is what deciding for every visitor comes to", (before, after) => {
    close({ ...movementOf("hero", draftFrom(before), draftFrom(after)) } as never, counted(before, after, false));
  });

  test.prop([file, file], { numRuns: 25 })("is right of sticky experiences too", (before, after) => {
    const sticky = structuredClone(after);
    sticky.experiences.hero.sticky = "visitor";
    const { ifSticky } = movementOf("hero", draftFrom(before), draftFrom(after));
    const { switches, leaves } = counted(before, sticky, true);
    close(ifSticky as never, { switches, leaves });
  });

  it("is exact to the bucket, and quick", () => {
    const arms = (weight: number) =>
      draftFrom({
        experiences: {
          hero: {
            kind: "experiment",
            routes: ["/"],
            variants: {
              a: { weight: `${weight}%` },
              b: { weight: `${100 - weight}%`, operations: [{ selector: "h1", action: "remove" }] },
            },
          },
        },
      });
    const [before, after] = [arms(50), arms(49.99)];
    const startMs = performance.now();
    for (let at = 0; at < 1000; at += 1) expect(movementOf("hero", before, after).switches).toBe(0.0001);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
