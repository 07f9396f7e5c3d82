import fc from "fast-check";
import { describe, it, vi } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { givenTo, releaseFrom } from "../given.ts";
import { importedFile } from "./imported.ts";
import { attributes, experiment, savedGroups, urlPattern } from "./payloads.ts";
import { plainRun, sdkFor } from "./sdk.ts";

// The SDK tells the console about weights and coverages that it mends.
vi.spyOn(console, "error").mockImplementation(() => {});
const runs = { numRuns: Number(process.env.FC_RUNS ?? 300) };
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Addresses in small letters: routes, unlike GrowthBook's patterns, tell `/Books` from `/books`. */
const urls = [
  "/",
  "/books",
  "/books/",
  "/books/7",
  "/books/7?color=red",
  "/books?color=blue",
  "/a/b/7",
  "/other",
].flatMap((path) => [`https://shop.example${path}`, `https://www.shop.example${path}`]);

describe("an imported experiment of the visual editor acts where @growthbook/growthbook would", () => {
  it("on the same pages, for the same visitors, with the same variation", { timeout: 120_000 }, ({ expect }) => {
    let acted = 0;
    const drawn = fc.record({
      run: experiment.filter(({ variations }) => variations.length > 1),
      urlPatterns: fc.array(urlPattern, { minLength: 1, maxLength: 3 }),
      // With all of them at once hardly anybody would enter.
      dropped: fc.subarray(["condition", "coverage", "ranges", "namespace", "filters", "hashAttribute"], {
        minLength: 4,
      }),
      who: attributes.map((each) => ({ id: "user-1", ...each })),
    });
    fc.assert(
      fc.property(drawn, ({ run, urlPatterns, who, dropped }) => {
        const out = new Set(["parentConditions", ...dropped]);
        const rest = Object.fromEntries(Object.entries(run).filter(([name]) => !out.has(name)));
        const variations = run.variations.map((_, index) => ({ css: `h1 { order: ${index} }` }));
        const payload = json({ experiments: [{ ...rest, variations, urlPatterns }], savedGroups }) as JsonObject;
        const release = releaseFrom(importedFile(payload, { hosts: ["*"], sticky: false }));
        for (const url of urls) {
          const [auto] = payload.experiments as JsonObject[];
          const theirs = plainRun(sdkFor({ savedGroups, attributes: who, url }).run(json(auto) as never));
          const ours = givenTo(release, { id: who.id, url, profile: { traits: json(who) } });
          const expected = theirs.inExperiment ? [`${run.key}=${theirs.key}`] : [];
          expect(ours, JSON.stringify({ url, auto, who }, null, 1)).toEqual(expected);
          acted += expected.length;
        }
      }),
      runs,
    );
    expect(acted).toBeGreaterThan(runs.numRuns / 4);
  });
});
