import { describe, it } from "vitest";
import type { Failure } from "../../src/edge/edge.ts";
import {
  createTelemetry,
  driftAfterPages,
  mostCounts,
  mostPointsAtOnce,
  type Point,
  writeEveryMs,
} from "../../src/edge/telemetry.ts";
import { createWatch } from "../../src/edge/watch.ts";

/** Analytics Engine's double: it keeps what it is given. */
function recorded() {
  const [points, drifts]: [Point[], Failure[]] = [[], []];
  const clock = { ms: 1_000_000 };
  const telemetry = createTelemetry({
    now: () => clock.ms,
    write: (point) => points.push(point),
    drifted: (failure) => drifts.push(failure),
  });
  return { points, drifts, clock, telemetry };
}

const look = (found: boolean, place = "h1", release = "r_1") => ({
  site: "shop",
  release,
  experience: "hero",
  place,
  found,
});

describe("counts for operators", () => {
  it("are written together, some at a time", ({ expect }) => {
    const { points, clock, telemetry } = recorded();
    for (let round = 0; round < 500; round += 1) telemetry.answered("shop", "personalised", null);
    for (let round = 0; round < 30; round += 1) telemetry.answered("shop", "bypassed", "gpc");
    expect(points).toEqual([]);
    clock.ms += writeEveryMs;
    telemetry.failed("origin", "shop");
    expect(points).toEqual([
      { indexes: ["shop"], blobs: ["request", "personalised", ""], doubles: [500] },
      { indexes: ["shop"], blobs: ["request", "bypassed", "gpc"], doubles: [30] },
      { indexes: ["shop"], blobs: ["failure", "origin"], doubles: [1] },
    ]);
  });

  it("never exceed what one invocation may write: the rest follows", ({ expect }) => {
    const { points, clock, telemetry } = recorded();
    for (let site = 0; site < 50; site += 1) telemetry.answered(`site-${site}`, "passed", null);
    for (const written of [mostPointsAtOnce, 2 * mostPointsAtOnce]) {
      clock.ms += writeEveryMs;
      telemetry.answered("site-49", "passed", null);
      expect(points).toHaveLength(written);
    }
    clock.ms += writeEveryMs;
    telemetry.answered("site-49", "passed", null);
    expect(points.reduce((sum, { doubles }) => sum + (doubles[0] ?? 0), 0)).toBe(53);
  });

  it("that cannot be written are lost, and no page with them", ({ expect }) => {
    const clock = { ms: 1_000_000 };
    const write = () => {
      throw new Error("too many points");
    };
    const telemetry = createTelemetry({ now: () => clock.ms, write, drifted: () => {} });
    telemetry.answered("shop", "passed", null);
    clock.ms += writeEveryMs;
    expect(() => telemetry.answered("shop", "passed", null)).not.toThrow();
  });

  it("stay bounded, whatever names are made up", ({ expect }) => {
    const { points, clock, telemetry } = recorded();
    for (let site = 0; site < 2 * mostCounts; site += 1) telemetry.failed("origin", `made-up-${site}`);
    for (let round = 0; round < 200; round += 1) {
      clock.ms += writeEveryMs;
      telemetry.answered("shop", "passed", null);
    }
    expect(new Set(points.map(({ indexes }) => indexes[0])).size).toBeLessThanOrEqual(mostCounts + 1);
  });

  it("say of each place on how many pages it was looked for, and found", ({ expect }) => {
    const { points, clock, telemetry } = recorded();
    for (const found of [true, false, true]) telemetry.looked(look(found));
    clock.ms += writeEveryMs;
    telemetry.looked(look(true));
    telemetry.answered("shop", "passed", null);
    expect(points[0]).toEqual({ indexes: ["shop"], blobs: ["place", "hero", "h1", "r_1"], doubles: [4, 3] });
    clock.ms += writeEveryMs;
    telemetry.looked(look(false));
    telemetry.answered("shop", "passed", null);
    expect(points.slice(2)).toContainEqual({
      indexes: ["shop"],
      blobs: ["place", "hero", "h1", "r_1"],
      doubles: [1, 0],
    });
  });
});

describe("a place that pages no longer have", () => {
  it("is reported once, with its match rate", ({ expect }) => {
    const { drifts, telemetry } = recorded();
    for (let page = 0; page < driftAfterPages; page += 1) telemetry.looked(look(true));
    for (let page = 0; page < driftAfterPages - 1; page += 1) telemetry.looked(look(false));
    expect(drifts).toEqual([]);
    for (let page = 0; page < 500; page += 1) telemetry.looked(look(false));
    expect(drifts).toEqual([
      {
        stage: "drift",
        site: "shop",
        what: 'hero: "h1" was not on the last 50 pages (match rate 50 %, 50 of 100, release r_1)',
      },
    ]);
  });

  it("is no drift where some pages have it", ({ expect }) => {
    const { drifts, telemetry } = recorded();
    for (let page = 0; page < 10 * driftAfterPages; page += 1)
      telemetry.looked(look(page % (driftAfterPages - 1) === 0));
    expect(drifts).toEqual([]);
  });

  it("is watched anew in each release, and each place by itself", ({ expect }) => {
    const { drifts, telemetry } = recorded();
    for (let page = 0; page < driftAfterPages; page += 1) {
      telemetry.looked(look(true, "h1"));
      telemetry.looked(look(false, ".gone"));
      telemetry.looked(look(false, "h1", page < 10 ? "r_2" : "r_3"));
    }
    expect(drifts.map(({ what }) => what.slice(0, 13))).toEqual(['hero: ".gone"']);
  });
});

describe("the watch", () => {
  it("counts every failure, though the log keeps lines back, and logs drift", ({ expect }) => {
    const [lines, points]: [unknown[], Point[]] = [[], []];
    const clock = { ms: 1_000_000 };
    const watch = createWatch({
      now: () => clock.ms,
      writeLine: (line) => lines.push(line),
      writePoint: (point) => points.push(point),
    });
    for (let round = 0; round < 100; round += 1) watch.report({ stage: "origin", site: "shop", what: "refused" });
    for (let page = 0; page < driftAfterPages; page += 1) watch.telemetry.looked(look(false));
    clock.ms += writeEveryMs;
    watch.report({ stage: "origin", site: "shop", what: "refused" });
    expect(lines).toHaveLength(12);
    expect(lines).toContainEqual(expect.objectContaining({ stage: "drift", caramel: "failure" }));
    expect(points).toContainEqual({ indexes: ["shop"], blobs: ["failure", "origin"], doubles: [101] });
  });
});
