import fc from "fast-check";
import { describe, it, vi } from "vitest";
import { checkDraft } from "../../../src/core/check/check-draft.ts";
import { compileRelease } from "../../../src/core/compile.ts";
import { parseSiteFile } from "../../../src/core/config/site-file.ts";
import { fractionOf } from "../../../src/core/growthbook/fraction.ts";
import { importGrowthbook } from "../../../src/core/growthbook/import/import-growthbook.ts";
import type { ReleaseId } from "../../../src/core/ids.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Profile } from "../../../src/core/profile.ts";
import { type Release, releaseShape } from "../../../src/core/release.ts";
import { subjectFor } from "../given.ts";
import { attributes, featureIds, features, savedGroups, stickyOf } from "./payloads.ts";
import { plainFeature, sdkFor } from "./sdk.ts";

// The SDK tells the console about weights and coverages that it mends.
vi.spyOn(console, "error").mockImplementation(() => {});
const runs = { numRuns: Number(process.env.FC_RUNS ?? 200) };
const patienceMs = 120_000;
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

type Rule = Record<string, unknown> & {
  parentConditions?: { id: string }[];
  meta?: { key: string; passthrough?: boolean }[];
};
type Features = Record<string, { rules?: Rule[] }>;

/**
 * What a GrowthBook server sends and the import takes without a note: prerequisites in no circle, an experiment key for each
 * rule, a key for each variation, a version that is not below the least one, a fallback that is another attribute.
 */
function wellFormed(drawn: Features): Features {
  const order = Object.keys(drawn);
  for (const [at, id] of order.entries()) {
    for (const [index, rule] of (drawn[id]?.rules ?? []).entries()) {
      const parents = rule.parentConditions?.filter((parent) => !order.slice(0, at + 1).includes(parent.id));
      if (parents !== undefined) rule.parentConditions = parents;
      if (Array.isArray(rule.variations)) {
        rule.key = `exp-${at}-${index}`;
        rule.meta ??= rule.variations.map((_, variation) => ({ key: `v${variation}` }));
      }
      rule.bucketVersion = 2;
      if (rule.fallbackAttribute === (rule.hashAttribute ?? "id")) delete rule.fallbackAttribute;
    }
  }
  return drawn;
}

function imported(payload: JsonObject, sticky: boolean) {
  const done = importGrowthbook(payload, { site: "shop", origin: "https://o.example", sticky });
  if (!done.ok) throw new Error(done.error);
  const parsed = parseSiteFile(done.value.file);
  if (!parsed.ok) throw new Error(JSON.stringify([parsed.error, done.value.file], null, 1));
  const errors = checkDraft(parsed.value, {
    checkSelector: () => null,
  }).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify([errors, done.value.file], null, 1));
  const release: Release = {
    shape: releaseShape,
    id: "r_1" as ReleaseId,
    site: parsed.value.site.key,
    content: parsed.value,
  };
  return { ...done.value, release: compileRelease(release) };
}

type Documents = Record<string, { assignments: Record<string, string> }>;

/** The enrolments that our profile would hold, had it seen what GrowthBook's documents say. */
function enrolmentsIn(documents: Documents, file: JsonObject, person: Record<string, unknown>): Profile["sticky"] {
  const experiences = Object.entries(file.experiences as Record<string, Record<string, Json>>);
  return Object.fromEntries(
    experiences.flatMap(([key, { unit, fallbackUnit, minVersion }]) => {
      const nameOf = (each: Json | undefined) => (each === "visitor" ? "id" : String(each).replace("trait.", ""));
      const of = (each: Json | undefined) => documents[`${nameOf(each)}||${person[nameOf(each)]}`]?.assignments ?? {};
      // With nothing to hash GrowthBook keeps nobody; with us the enrolment is the visitor's, and would stay.
      if (![unit, fallbackUnit].some((each) => Boolean(person[nameOf(each)]))) return [];
      const all = { ...(fallbackUnit === undefined ? of("visitor") : of(fallbackUnit)), ...of(unit) };
      const versions = [0, 1, 2].filter((version) => all[`${key}__${version}`] !== undefined);
      // One blocked version shuts the experiment, whatever came after.
      const version = versions.find((each) => each < Number(minVersion ?? 0)) ?? versions.at(-1);
      return version === undefined ? [] : [[key, { variant: all[`${key}__${version}`] ?? "", version }]];
    }),
  );
}

const person = attributes.map((who) => ({ id: "user-1", ...who }));

describe("an imported payload decides as @growthbook/growthbook did", () => {
  const cases = features
    .map((drawn) => wellFormed(json(drawn) as Features))
    .filter((each) => Object.keys(each).length > 0);

  it("every feature has the same value for the same visitor", { timeout: patienceMs }, ({ expect }) => {
    const sources = new Set<unknown>();
    fc.assert(
      fc.property(cases, fc.array(person, { minLength: 5, maxLength: 5 }), (payload, people) => {
        const { release, file } = imported(json({ features: payload, savedGroups }) as JsonObject, false);
        for (const who of people) {
          const sdk = sdkFor({ features: payload, savedGroups, attributes: who });
          const subject = () => subjectFor({ id: who.id, profile: { traits: json(who) } });
          for (const [at, id] of Object.keys(payload).entries()) {
            const theirs = plainFeature(sdk.evalFeature(id));
            const slot = Object.keys(file.slots as object)[at] ?? "";
            expect(release.slotFor(slot, subject())?.value, JSON.stringify({ id, who, file })).toEqual(theirs.value);
            sources.add(theirs.source);
          }
        }
      }),
      runs,
    );
    expect(sources).toEqual(new Set(["defaultValue", "experiment", "force", "prerequisite"]));
  });

  // Drawn at random, an edge meets a visitor's own hash once in 10 000 runs: so it is laid there.
  it("so do visitors whose very hash is the edge", { timeout: patienceMs }, ({ expect }) => {
    const version = fc.constantFrom(1, 2);
    const share = fc.constantFrom(0.1, 0.2, 0.3, 0.5);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 8 }), version, share, (id, hashVersion, weight) => {
        const edge = fractionOf("s", id, hashVersion) ?? 0;
        const common = { seed: "s", hashVersion };
        const three = [0, 1, 2];
        const payload = {
          rollout: { defaultValue: 0, rules: [{ force: 1, coverage: edge, ...common }] },
          ranged: { defaultValue: 0, rules: [{ force: 1, range: [0, edge], ...common }] },
          from: { defaultValue: 0, rules: [{ force: 1, range: [edge, 1], ...common }] },
          split: { defaultValue: 9, rules: [{ variations: [0, 1], weights: [edge, 1 - edge], ...common }] },
          summed: {
            defaultValue: 9,
            rules: [{ variations: three, weights: [weight, edge - weight, 1 - edge], ...common }],
          },
          covered: { defaultValue: 9, rules: [{ variations: [0, 1], coverage: edge * 2, ...common }] },
        };
        const { release } = imported(json({ features: payload }) as JsonObject, false);
        const sdk = sdkFor({ features: payload, attributes: { id } });
        for (const feature of Object.keys(payload)) {
          const ours = release.slotFor(feature, subjectFor({ id }))?.value;
          expect(ours, JSON.stringify({ id, edge, feature })).toEqual(sdk.evalFeature(feature).value);
        }
      }),
      { numRuns: runs.numRuns * 5 },
    );
  });

  it("somebody with sticky buckets keeps their variant", { timeout: patienceMs }, ({ expect }) => {
    const kept: unknown[] = [];
    const withSticky = person.chain((who) => fc.tuple(fc.constant(who), stickyOf(who, stickyKeys)));
    const tame = cases.filter((each) => !JSON.stringify(each).includes('"passthrough":true'));
    fc.assert(
      fc.property(tame, withSticky, (payload, [who, documents]) => {
        const { release, file } = imported(json({ features: payload, savedGroups }) as JsonObject, true);
        const sdk = sdkFor({ features: payload, savedGroups, attributes: who, stickyBuckets: documents });
        const sticky = enrolmentsIn(json(documents) as Documents, file, who);
        const subject = subjectFor({ id: who.id, profile: { traits: json(who), sticky } });
        for (const [at, id] of Object.keys(payload).entries()) {
          const theirs = plainFeature(sdk.evalFeature(id));
          const slot = Object.keys(file.slots as object)[at] ?? "";
          const shown = JSON.stringify({ id, who, documents, sticky, payload: payload[id], file }, null, 1);
          expect(release.slotFor(slot, subject)?.value, shown).toEqual(theirs.value);
          kept.push((theirs.experimentResult as { stickyBucketUsed?: boolean } | undefined)?.stickyBucketUsed);
        }
      }),
      runs,
    );
    expect(kept).toContain(true);
  });
});

const stickyKeys = featureIds.flatMap((_, at) => [0, 1, 2].map((index) => `exp-${at}-${index}`));
