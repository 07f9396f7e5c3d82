import { isObject, type Json, type JsonObject } from "../json.ts";
import { pointerOf } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { AutoExperiment, Experiment, Feature, Filter, Payload, Rule, Split, VariationMeta } from "./payload.ts";
import type { FractionRange } from "./ranges.ts";
import { Members, type Report } from "./read-json.ts";

/**
 * Reads a payload as GrowthBook's SDKs take it. Lenient as they are: what is mistyped counts as absent, and is reported.
 *
 * @param value an SDK payload, as `/api/features/<key>` gives it.
 * @returns why it is no payload at all, when it is not.
 */
export function parsePayload(value: Json, report: Report): Result<Payload, string> {
  if (!isObject(value)) return fail("a payload is an object with `features`, `experiments` or both");
  const encrypted = ["encryptedFeatures", "encryptedExperiments"].find((name) => Object.hasOwn(value, name));
  if (encrypted !== undefined) return fail(`\`${encrypted}\`: decrypt the payload first`);
  const members = new Members(value, "", report);
  const features = Object.entries(members.object("features")).flatMap(([id, feature]) => {
    const path = pointerOf("features", id);
    if (isObject(feature)) return [[id, featureOf(new Members(feature, path, report))] as const];
    report(path, "is not an object");
    return [];
  });
  return ok({
    features: Object.fromEntries(features),
    experiments: members.list("experiments", autoExperimentOf)?.flatMap((each) => each ?? []) ?? [],
    savedGroups: members.object("savedGroups"),
    contextualBandits: members.object("contextualBandits"),
  });
}

const featureOf = (members: Members): Feature => ({
  defaultValue: members.json("defaultValue"),
  rules: members.list("rules", ruleOf) ?? [],
});

const ruleOf = (members: Members): Rule => ({
  ...splitOf(members),
  id: members.text("id") ?? "",
  key: members.text("key"),
  force: members.has("force") ? [members.json("force")] : null,
  range: rangeIn(members.json("range")),
  variations: members.array("contextualVariations") ?? members.array("variations"),
  contextualBanditRef: members.text("contextualBanditRef"),
  raw: members.raw,
});

const splitOf = (members: Members): Split => ({
  condition: members.json("condition"),
  parentConditions: members.list("parentConditions", parentConditionOf)?.flatMap((each) => each ?? []) ?? [],
  filters: members.list("filters", filterOf),
  namespace: namespaceIn(members),
  hashAttribute: members.text("hashAttribute") || "id",
  fallbackAttribute: members.text("fallbackAttribute") || null,
  seed: members.text("seed") || null,
  hashVersion: members.number("hashVersion") || 1,
  // To GrowthBook a coverage that is there and `null` is none at all.
  coverage: members.number("coverage") ?? (members.has("coverage") ? 0 : null),
  weights: members.numbers("weights"),
  ranges: members.array("ranges")?.map((range) => rangeIn(range) ?? [0, 0]) ?? null,
  meta: members.list("meta", metaOf),
  disableStickyBucketing: members.flag("disableStickyBucketing"),
  bucketVersion: members.number("bucketVersion") ?? 0,
  minBucketVersion: members.number("minBucketVersion") ?? 0,
});

/**
 * Reads an experiment, from a payload or as handed to an SDK's `run`.
 *
 * @returns `null`, and a report, when it has no key or no list of variations.
 */
export function experimentOf(members: Members): Experiment | null {
  const variations = members.array("variations");
  const key = members.text("key");
  if (variations === null || key === null) {
    members.report(members.path, "has no `key` or no list of `variations`");
    return null;
  }
  return {
    ...splitOf(members),
    key,
    variations,
    urlPatterns: members.list("urlPatterns", (target) => ({
      include: target.json("include") !== false,
      type: target.text("type") ?? "",
      pattern: target.text("pattern") ?? "",
    })),
    active: members.json("active") !== false,
    status: members.text("status"),
    force: members.has("force") ? [members.number("force") ?? -1] : null,
    url: members.text("url") || null,
    groups: members.array("groups")?.map(String) ?? null,
    raw: members.raw,
  };
}

function autoExperimentOf(members: Members): AutoExperiment | null {
  const experiment = experimentOf(members);
  return experiment && { ...experiment, manual: members.flag("manual"), name: members.text("name") };
}

function parentConditionOf(members: Members): Split["parentConditions"][number] | null {
  const id = members.text("id");
  if (id === null) members.report(members.path, "names no feature");
  return id === null ? null : { id, condition: members.json("condition"), gate: members.flag("gate") };
}

const filterOf = (members: Members): Filter => ({
  attribute: members.text("attribute") || "id",
  seed: members.text("seed") ?? "",
  hashVersion: members.number("hashVersion") || 2,
  ranges: (members.array("ranges") ?? []).map(rangeIn).filter((range) => range !== null),
});

const metaOf = (members: Members): VariationMeta => ({
  key: members.text("key") || null,
  name: members.text("name") || null,
  passthrough: members.flag("passthrough"),
});

const isRange = (value: unknown): value is FractionRange =>
  Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number";

const rangeIn = (value: Json): FractionRange | null => (isRange(value) ? [value[0], value[1]] : null);

function namespaceIn(members: Members): Split["namespace"] {
  const [id, from, to] = members.array("namespace") ?? [];
  if (id === undefined) return null;
  if (typeof id === "string" && typeof from === "number" && typeof to === "number") return [id, from, to];
  members.report(`${members.path}/namespace`, "is not an id and two numbers");
  return null;
}

/** Reads an experiment on its own. */
export const parseExperiment = (value: JsonObject, report: Report): Experiment | null =>
  experimentOf(new Members(value, "", report));
