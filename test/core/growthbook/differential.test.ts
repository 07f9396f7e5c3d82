import fc from "fast-check";
import { describe, it, vi } from "vitest";
import { evaluateGrowthbook, type GrowthbookRequest } from "../../../src/core/growthbook/evaluate-growthbook.ts";
import { attributes, experiment, featureIds, features, savedGroups, stickyOf, url } from "./payloads.ts";
import { plainFeature, plainRun, sdkFor } from "./sdk.ts";

// The SDK tells the console about weights and coverages that it mends.
vi.spyOn(console, "error").mockImplementation(() => {});

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

const forcedVariations = fc.dictionary(fc.constantFrom("exp-1", "exp-2"), fc.integer({ min: -1, max: 3 }), {
  maxKeys: 1,
});
const person = attributes.chain((who) =>
  fc.record({
    attributes: fc.constant(who),
    stickyBuckets: fc.option(stickyOf(who), { nil: undefined }),
    forcedVariations: fc.option(forcedVariations, { nil: undefined, freq: 3 }),
    url: fc.option(url, { nil: undefined }),
    qaMode: fc.constantFrom(undefined, undefined, undefined, true),
  }),
);
const runs = { numRuns: Number(process.env.FC_RUNS ?? 400) };
const patienceMs = 120_000;

function answer(request: object): { result: Record<string, unknown>; stickyBuckets: unknown } {
  const answered = evaluateGrowthbook(json(request) as GrowthbookRequest);
  if (!answered.ok) throw new Error(answered.error);
  return json(answered.value);
}

type Drawn = Record<string, unknown>;
type Someone = { attributes: Drawn; stickyBuckets: object | undefined };

/** The same, with a sticky bucket that holds the very experiment: by chance it hardly ever does. */
function enrolled<P extends Someone>(drawn: Drawn, someone: P): { run: Drawn; who: P } {
  const name = String(drawn.hashAttribute ?? "id");
  const value = String(someone.attributes[name] ?? "nobody");
  const assignments = { [`${drawn.key}__${drawn.bucketVersion ?? 0}`]: "v1" };
  const document = { attributeName: name, attributeValue: value, assignments };
  const meta = drawn.meta ?? (drawn.variations as unknown[]).map((_, index) => ({ key: `v${index}` }));
  return { run: { ...drawn, meta }, who: { ...someone, stickyBuckets: { [`${name}||${value}`]: document } } };
}

const demanding = [
  "condition",
  "parentConditions",
  "urlPatterns",
  "coverage",
  "ranges",
  "namespace",
  "filters",
  "status",
];

describe("the same answers as @growthbook/growthbook", () => {
  it("for features: value, source, rule, experiment and its result, sticky buckets afterwards", {
    timeout: patienceMs,
  }, ({ expect }) => {
    const sources = new Set<unknown>();
    const property = fc.property(features, person, (payload, who) => {
      for (const feature of [...featureIds, "unknown"]) {
        const sdk = sdkFor({ features: payload, savedGroups, ...who });
        const theirs = plainFeature(sdk.evalFeature(feature));
        const ours = answer({ growthbook: { features: payload, savedGroups }, feature, ...who });
        expect(ours.result).toEqual(theirs);
        if (who.stickyBuckets !== undefined)
          expect(ours.stickyBuckets).toEqual(json(sdk.getStickyBucketAssignmentDocs()));
        sources.add(theirs.source);
      }
    });
    fc.assert(property, runs);
    // Otherwise the payloads have grown too tame to say anything.
    expect([...sources].sort()).toEqual(
      ["cyclicPrerequisite", "defaultValue", "experiment", "force", "prerequisite", "unknownFeature"].sort(),
    );
  });

  it("for experiments that are run, with their URLs, prerequisites and overrides", { timeout: patienceMs }, ({
    expect,
  }) => {
    const ends = new Set<string>();
    // With all of its members at once an experiment would hardly take anybody in.
    const tame = fc.tuple(experiment, fc.subarray(demanding, { minLength: 3 })).map(([run, dropped]) => {
      const entries = Object.entries(run).filter(([name]) => !dropped.includes(name));
      return Object.fromEntries(entries);
    });
    const property = fc.property(features, tame, person, fc.boolean(), (payload, drawn, someone, isKept) => {
      const { run, who } = isKept ? enrolled(drawn, someone) : { run: drawn, who: someone };
      const sdk = sdkFor({ features: payload, savedGroups, ...who });
      const theirs = plainRun(sdk.run(structuredClone(run) as never));
      const ours = answer({ growthbook: { features: payload, savedGroups, experiment: run }, ...who });
      expect(ours.result).toEqual(theirs);
      ends.add(`${theirs.inExperiment} ${theirs.hashUsed} ${theirs.stickyBucketUsed}`);
    });
    fc.assert(property, runs);
    const [notIn, forced, hashed, kept] = [
      "false false false",
      "true false false",
      "true true false",
      "true true true",
    ];
    expect([...ends]).toEqual(expect.arrayContaining([notIn, forced, hashed, kept]));
  });
});
