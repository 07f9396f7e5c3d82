import * as z from "zod";
import type { Experience, RoutePattern } from "../draft.ts";
import type { Json, JsonObject } from "../json.ts";
import { condition, conditionOf } from "./audience.ts";
import { withoutDefaults } from "./export-order.ts";
import { anyObject, choice, either, entity, flag, listOf, reference, said, text, whole } from "./fields.ts";
import { exportFilter, filterFile, filterOf, hashVersionField, namespaceFile, namespaceOf } from "./imported.ts";
import { unitField } from "./layer.ts";
import { exportLayerUse, type LayerPlace, layerUse } from "./layer-places.ts";
import { exportRouteUse, routeOf, routeUse } from "./route.ts";
import { exportSchedule, scheduleFile, scheduleOf } from "./schedule.ts";
import { shareField, shareText } from "./share.ts";
import { exportVariants, variantsFile, variantsOf } from "./variant.ts";

const prerequisiteFile = either(
  "Another experience that must have given a variant, or a slot that must have a value.",
  "an experience's key or a mapping",
  "new-checkout",
  [
    reference("An experience: any of its variants will do.", "new-checkout"),
    entity("Another experience that must have given one of these variants.", {
      experience: reference("The experience.", "new-checkout"),
      variants: listOf("Variants that open the gate. Default: any.", "[on]", reference("A variant.", "on")).optional(),
    }),
    entity("A slot whose value must be as required.", {
      slot: reference("The slot.", "new-checkout"),
      when: anyObject("A condition over the slot's `value`.", "{ value: true }"),
    }),
  ],
);

const roles = ["primary", "secondary", "guardrail"] as const;
const metricUse = either("A metric of the file.", "a metric's key or a mapping", "add-to-basket", [
  reference("A metric. The first is primary, the others secondary.", "add-to-basket"),
  entity("A metric and what it is for.", {
    metric: reference("The metric.", "add-to-basket"),
    role: choice("What it is for.", roles).optional(),
  }),
]);

const forceFile = entity("Who gets a certain variant, whatever the hash says.", {
  when: condition,
  variant: reference("The variant.", "warm"),
});

const routesAdvice = 'Write routes: ["/"] for the home page, ["/*"] for every page, [] for apps only.';

export const experienceFile = entity("Who gets what, where and when.", {
  description: text("What it is, for people.", "A warmer first line at night").optional(),
  kind: choice("What it is for.", ["experiment", "personalization", "rollout", "bandit"]),
  enabled: flag("Off: nobody gets it.", true),
  priority: whole(
    "Among experiences that change the same place, the highest wins. Default: 0.",
    -1_000_000,
    1_000_000,
  ).optional(),
  routes: z
    .array(routeUse, {
      error: (issue) => said(issue.input === undefined ? "is missing" : "must be a list", routesAdvice),
    })
    .meta({ description: "The requests it acts on: names of `routes`, paths, or patterns." }),
  audience: either(
    "A named audience, or a condition. Default: everyone.",
    "an audience's key or a condition",
    "night-readers",
    [reference("An audience.", "night-readers"), condition],
  ).optional(),
  coverage: shareField("The share who enter. Default: 100%.", "50%").optional(),
  holdback: shareField(
    "A personalization's share that is left as it was, to measure its uplift. Default: 0%.",
    "10%",
  ).optional(),
  unit: unitField("What is hashed. Default: visitor.").optional(),
  fallbackUnit: unitField("What is hashed when the unit is missing.").optional(),
  seed: text(
    "What is hashed with the unit. Default: the key. Changing it deals everyone anew.",
    "hero-copy",
    500,
  ).optional(),
  hashVersion: hashVersionField.optional(),
  layer: layerUse.optional(),
  namespace: namespaceFile.optional(),
  filters: listOf("For imports: further hashes.", "[]", filterFile, 100).optional(),
  prerequisites: listOf(
    "Experiences that must have given a variant.",
    "[new-checkout]",
    prerequisiteFile,
    100,
  ).optional(),
  schedule: scheduleFile.optional(),
  sticky: choice("Whether a variant once given is kept. Default: none.", ["none", "visitor", "user"]).optional(),
  version: whole("Raise it to begin anew. Default: 1.", 0, 1_000_000).optional(),
  minVersion: whole("Visitors enrolled by a version below are kept out. Default: 0.", 0, 1_000_000).optional(),
  force: listOf("Who gets a certain variant, whatever the hash says.", "[]", forceFile, 1000).optional(),
  variants: variantsFile,
  metrics: listOf("What it is measured by.", "[add-to-basket]", metricUse, 100).optional(),
});

export type ExperienceFile = z.output<typeof experienceFile>;

const defaults = {
  description: "",
  enabled: true,
  priority: 0,
  coverageBps: 10_000,
  holdbackBps: 0,
  unit: "visitor",
  hashVersion: 2,
  sticky: "none",
  version: 1,
  minVersion: 0,
} as const;

/** Routes by name are resolved, and the layer's ranges given, by the caller who knows the rest of the file. */
export interface Surroundings {
  readonly routes: Readonly<Record<string, RoutePattern>>;
  readonly layer: Experience["layer"];
}

export const experienceOf = (file: ExperienceFile, key: string, { routes, layer }: Surroundings): Experience => ({
  description: file.description ?? defaults.description,
  kind: file.kind,
  enabled: file.enabled ?? defaults.enabled,
  priority: file.priority ?? defaults.priority,
  routes: file.routes.flatMap((use) => routeOfUse(use, routes)),
  audience: audienceUse(file.audience),
  coverageBps: file.coverage ?? defaults.coverageBps,
  holdbackBps: file.holdback ?? defaults.holdbackBps,
  unit: file.unit ?? defaults.unit,
  fallbackUnit: file.fallbackUnit ?? null,
  seed: file.seed ?? key,
  hashVersion: file.hashVersion ?? defaults.hashVersion,
  layer,
  namespace: file.namespace === undefined ? null : namespaceOf(file.namespace),
  filters: (file.filters ?? []).map(filterOf),
  prerequisites: (file.prerequisites ?? []).map(prerequisiteOf),
  schedule: file.schedule === undefined ? null : scheduleOf(file.schedule),
  sticky: file.sticky ?? defaults.sticky,
  version: file.version ?? defaults.version,
  minVersion: file.minVersion ?? defaults.minVersion,
  force: (file.force ?? []).map(({ when, variant }) => ({ when: conditionOf(when), variant })),
  variants: variantsOf(file.variants),
  metrics: (file.metrics ?? []).map(metricOfUse),
});

/** A path, a known name, or a pattern; a name that nothing has is reported elsewhere and gives no route here. */
function routeOfUse(use: z.output<typeof routeUse>, named: Surroundings["routes"]): readonly RoutePattern[] {
  if (typeof use !== "string") return [routeOf(use)];
  if (use.startsWith("/")) return [routeOf({ path: use })];
  const found = Object.hasOwn(named, use) ? named[use] : undefined;
  return found === undefined ? [] : [found];
}

const audienceUse = (use: ExperienceFile["audience"]): Experience["audience"] =>
  use === undefined ? null : typeof use === "string" ? use : conditionOf(use);

function prerequisiteOf(file: z.output<typeof prerequisiteFile>): Experience["prerequisites"][number] {
  if (typeof file === "string") return { experience: file, variants: [] };
  if ("slot" in file) return { slot: file.slot, when: conditionOf(file.when) };
  return { experience: file.experience, variants: file.variants ?? [] };
}

const usualRole = (index: number) => (index === 0 ? "primary" : "secondary");

const metricOfUse = (file: z.output<typeof metricUse>, index: number): Experience["metrics"][number] =>
  typeof file === "string"
    ? { metric: file, role: usualRole(index) }
    : { metric: file.metric, role: file.role ?? usualRole(index) };

export function exportExperience(
  experience: Experience,
  key: string,
  routes: Readonly<Record<string, RoutePattern>>,
  place: LayerPlace,
): Json {
  const { coverageBps, holdbackBps, ...rest } = experience;
  const written = {
    description: rest.description,
    kind: rest.kind,
    enabled: rest.enabled,
    priority: rest.priority,
    routes: rest.routes.map((route) => exportRouteUse(route, routes)),
    audience: rest.audience ?? undefined,
    coverage: shareText(coverageBps),
    holdback: shareText(holdbackBps),
    unit: rest.unit,
    fallbackUnit: rest.fallbackUnit ?? undefined,
    seed: rest.seed,
    hashVersion: rest.hashVersion,
    layer: rest.layer === null ? undefined : exportLayerUse(rest.layer, place),
    namespace: rest.namespace === null ? undefined : { ...rest.namespace },
    filters: rest.filters.map(exportFilter),
    prerequisites: rest.prerequisites.map(exportPrerequisite),
    schedule: rest.schedule === null ? undefined : exportSchedule(rest.schedule),
    sticky: rest.sticky,
    version: rest.version,
    minVersion: rest.minVersion,
    force: rest.force.map((rule): JsonObject => ({ ...rule })),
    variants: exportVariants(rest.variants),
    metrics: rest.metrics.map(exportMetricUse),
  };
  return withoutDefaults(written, exportDefaults(key));
}

const exportDefaults = (key: string): JsonObject => ({
  ...defaults,
  coverage: "100%",
  holdback: "0%",
  seed: key,
  filters: [],
  prerequisites: [],
  force: [],
  metrics: [],
});

function exportPrerequisite(required: Experience["prerequisites"][number]): Json {
  if ("slot" in required) return { ...required };
  return required.variants.length === 0 ? required.experience : { ...required };
}

const exportMetricUse = ({ metric, role }: Experience["metrics"][number], index: number): Json =>
  role === usualRole(index) ? metric : { metric, role };
