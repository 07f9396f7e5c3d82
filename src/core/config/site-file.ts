import type * as z from "zod";
import { suggest } from "../did-you-mean.ts";
import type { Draft, Experience, Holdout, Layer, RoutePattern } from "../draft.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { appFile, appOf } from "./app.ts";
import { audienceFile, audienceOf } from "./audience.ts";
import { eventKindOf, eventsFile } from "./event.ts";
import { type ExperienceFile, experienceFile, experienceOf } from "./experience.ts";
import { mapValues } from "./export-order.ts";
import { entity, mapOf, text } from "./fields.ts";
import { problemsOf } from "./issues.ts";
import { holdoutFile, holdoutOf, layerFile, layerOf } from "./layer.ts";
import { type LayerUse, layerKeyOf, placesIn } from "./layer-places.ts";
import { metricFile, metricOf } from "./metric.ts";
import { routeFile, routeOf } from "./route.ts";
import { shapeProblem } from "./shape.ts";
import { shareField } from "./share.ts";
import { sitePolicyFile, sitePolicyOf } from "./site-policy.ts";
import { slotFile, slotOf } from "./slot.ts";
import { lackingWeights, movesTwice, repeatedKeys } from "./variant.ts";

/** The whole file. Its JSON Schema is `docs/caramel.schema.json`. */
export const siteFile = entity("A site's configuration for Caramel.", {
  $schema: text("Where editors find this schema.", "./docs/caramel.schema.json", 2000).optional(),
  ...sitePolicyFile,
  routes: mapOf("Patterns of requests, by name.", '{ home: { path: "/" } }', routeFile).optional(),
  audiences: mapOf("Named conditions.", "{ night-readers: { when: … } }", audienceFile).optional(),
  slots: mapOf("Named, typed pieces of content.", "{ hero-title: { type: text, default: … } }", slotFile).optional(),
  metrics: mapOf(
    "What is measured.",
    "{ add-to-basket: { kind: conversion, event: add_to_basket } }",
    metricFile,
  ).optional(),
  layers: mapOf(
    "Groups of mutually exclusive experiences. Left out: those that experiences name.",
    "{ home: {} }",
    layerFile,
  ).optional(),
  holdout: shareField("Short for one holdout, `all`, that covers everything.", "5%").optional(),
  holdouts: mapOf("Visitors kept out, to measure the whole.", "{ all: 5% }", holdoutFile).optional(),
  experiences: mapOf(
    "Who gets what, where and when.",
    "{ hero-copy: { kind: experiment, … } }",
    experienceFile,
  ).optional(),
  apps: mapOf("Applications that read slots or send events.", '{ backend: { tokenHash: "…" } }', appFile).optional(),
  events: eventsFile.optional(),
});

type SiteFile = z.output<typeof siteFile>;

/**
 * Reads a configuration file, already parsed from YAML or JSON, into the normalised draft: shorthands resolved, defaults
 * filled in, shares in basis points.
 *
 * What only the whole draft can tell (references, weights, conflicts) is `checkDraft`'s. Never throws, whatever the value.
 *
 * @returns the draft, or every problem found, each with a pointer into `value`.
 */
export function parseSiteFile(value: unknown): Result<Draft, readonly Problem[]> {
  const misshapen = shapeProblem(value);
  if (misshapen !== null) return fail([misshapen]);
  const parsed = siteFile.safeParse(value, { reportInput: false });
  if (!parsed.success) return fail(problemsOf(parsed.error.issues));
  return draftOf(parsed.data);
}

function draftOf(file: SiteFile): Result<Draft, readonly Problem[]> {
  const experiences = Object.entries(file.experiences ?? {});
  const routes = mapValues(file.routes, routeOf);
  const layers = layersOf(file, experiences);
  const places = allPlaces(experiences);
  const problems = [
    ...holdoutTwice(file),
    ...experiences.flatMap(([key, experience]) => [
      ...unknownRoutes(key, experience, routes),
      ...unknownLayer(key, experience, layers),
      ...doubtfulVariants(key, experience),
    ]),
    ...places.problems,
  ];
  if (problems.length > 0) return fail(problems);
  return ok({
    site: sitePolicyOf(file),
    routes,
    audiences: mapValues(file.audiences, audienceOf),
    slots: mapValues(file.slots, slotOf),
    metrics: mapValues(file.metrics, metricOf),
    layers,
    holdouts: holdoutsOf(file),
    experiences: mapValues(file.experiences, (experience, key) =>
      experienceOf(experience, key, { routes, layer: places.layerOf(key, experience) }),
    ),
    ...collected(file),
  });
}

/** What is left out of a draft when the file says nothing of it. */
const collected = ({ apps, events }: SiteFile): Pick<Draft, "apps" | "events"> => ({
  ...(isEmpty(apps) ? {} : { apps: mapValues(apps, appOf) }),
  ...(isEmpty(events) ? {} : { events: mapValues(events, eventKindOf) }),
});

const isEmpty = (map: object | undefined): boolean => map === undefined || Object.keys(map).length === 0;

/** Declared layers; where the file declares none, those that experiences name. */
function layersOf(
  file: SiteFile,
  experiences: readonly (readonly [string, ExperienceFile])[],
): Readonly<Record<string, Layer>> {
  if (file.layers !== undefined) return mapValues(file.layers, layerOf);
  const named = experiences.flatMap(([, { layer }]) => (layer === undefined ? [] : [layerKeyOf(layer)]));
  return mapValues(Object.fromEntries(named.map((key) => [key, null])), layerOf);
}

function holdoutsOf(file: SiteFile): Readonly<Record<string, Holdout>> {
  const short = file.holdout === undefined ? {} : { all: file.holdout };
  return mapValues({ ...short, ...file.holdouts }, holdoutOf);
}

const holdoutTwice = (file: SiteFile): readonly Problem[] =>
  file.holdout !== undefined && file.holdouts !== undefined && Object.hasOwn(file.holdouts, "all")
    ? [problem("/holdout", "`holdout` and `holdouts.all` are the same thing.", "Keep one of them.")]
    : [];

function allPlaces(experiences: readonly (readonly [string, ExperienceFile])[]) {
  const byLayer = new Map<string, [string, LayerUse][]>();
  for (const [key, { layer }] of experiences) {
    if (layer === undefined) continue;
    byLayer.set(layerKeyOf(layer), [...(byLayer.get(layerKeyOf(layer)) ?? []), [key, layer]]);
  }
  const placed = new Map([...byLayer].map(([layer, uses]) => [layer, placesIn(layer, uses)]));
  return {
    problems: [...placed.values()].flatMap(({ problems }) => problems),
    layerOf: (key: string, { layer }: ExperienceFile): Experience["layer"] => {
      if (layer === undefined) return null;
      const name = layerKeyOf(layer);
      return { key: name, ranges: placed.get(name)?.ranges.get(key) ?? [] };
    },
  };
}

function unknownRoutes(
  key: string,
  { routes }: ExperienceFile,
  named: Readonly<Record<string, RoutePattern>>,
): readonly Problem[] {
  return routes.flatMap((use, index) => {
    if (typeof use !== "string" || use.startsWith("/") || Object.hasOwn(named, use)) return [];
    const advice = suggest(use, Object.keys(named), 'Name it under `routes`, or write a path such as "/".');
    return [problem(pointerOf("experiences", key, "routes", index), `No route is named "${use}".`, advice)];
  });
}

function unknownLayer(
  key: string,
  { layer }: ExperienceFile,
  layers: Readonly<Record<string, Layer>>,
): readonly Problem[] {
  if (layer === undefined || Object.hasOwn(layers, layerKeyOf(layer))) return [];
  const name = layerKeyOf(layer);
  const advice = suggest(name, Object.keys(layers), `Add it to \`layers\`: { ${name}: {} }.`);
  return [problem(pointerOf("experiences", key, "layer"), `No layer is named "${name}".`, advice)];
}

function doubtfulVariants(key: string, { variants }: ExperienceFile): readonly Problem[] {
  const at = (...rest: string[]) => pointerOf("experiences", key, "variants", ...rest);
  return [
    ...movesTwice(variants).map((arm) =>
      problem(at(arm, "redirect"), "A variant can't both `serve` and `redirect`.", "Keep one of them."),
    ),
    ...repeatedKeys(variants).map((arm) =>
      problem(at(arm), `Two variants are named "${arm}".`, "Give each a key of its own."),
    ),
    ...lackingWeights(variants).map((arm) =>
      problem(at(arm), `\`${arm}\` has no weight, while others have one.`, "Give every variant a weight, or none."),
    ),
  ];
}
