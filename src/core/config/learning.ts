import type * as z from "zod";
import { suggest } from "../did-you-mean.ts";
import type { Draft, RoutePattern } from "../draft.ts";
import type { Json } from "../json.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { affinityFile, affinityOf, exportAffinity, exportTrait, traitFile, traitOf } from "./computed-trait.ts";
import { exportMap, mapValues } from "./export-order.ts";
import { mapOf } from "./fields.ts";
import { exportObserve, observeFile, observeOf } from "./observe.ts";

/** The part of the file that says what is learnt of visitors. */
export const learningFile = {
  observe: mapOf(
    "What the proxy turns into events, without a script.",
    "{ view-book: { kind: view, event: view_book, routes: [/books/*] } }",
    observeFile,
  ).optional(),
  traits: mapOf("Traits that follow from events.", "{ spent: { kind: sum, event: order } }", traitFile).optional(),
  affinities: mapOf(
    "How much visitors turn to categories, authors, tags.",
    "{ category: { events: { view_book: 1, order: 5 } } }",
    affinityFile,
  ).optional(),
};

interface LearningFile {
  readonly observe?: Readonly<Record<string, z.output<typeof observeFile>>> | undefined;
  readonly traits?: Readonly<Record<string, z.output<typeof traitFile>>> | undefined;
  readonly affinities?: Readonly<Record<string, z.output<typeof affinityFile>>> | undefined;
}

type Learning = Pick<Draft, "observe" | "traits" | "affinities">;

/** Maps that are empty are left out: a draft without any is the same as before there were any. */
export const learningOf = (file: LearningFile, routes: Readonly<Record<string, RoutePattern>>): Learning => ({
  ...filled(
    "observe",
    mapValues(file.observe, (rule) => observeOf(rule, routes)),
  ),
  ...filled("traits", mapValues(file.traits, traitOf)),
  ...filled("affinities", mapValues(file.affinities, affinityOf)),
});

const filled = <Key extends string, T>(key: Key, map: Readonly<Record<string, T>>): { [K in Key]?: typeof map } =>
  Object.keys(map).length === 0 ? {} : ({ [key]: map } as { [K in Key]?: typeof map });

/** Rules that name routes which do not exist. */
export const unknownWatched = (
  { observe = {} }: LearningFile,
  routes: Readonly<Record<string, RoutePattern>>,
): readonly Problem[] =>
  Object.entries(observe).flatMap(([key, rule]) =>
    (rule.routes ?? []).flatMap((use, index) => {
      if (typeof use !== "string" || use.startsWith("/") || Object.hasOwn(routes, use)) return [];
      const advice = suggest(use, Object.keys(routes), 'Name it under `routes`, or write a path such as "/".');
      return [problem(pointerOf("observe", key, "routes", index), `No route is named "${use}".`, advice)];
    }),
  );

export const exportLearning = (draft: Draft): Readonly<Record<string, Json | undefined>> => ({
  observe: exportMap(draft.observe ?? {}, (rule) => exportObserve(rule, draft.routes)),
  traits: exportMap(draft.traits ?? {}, exportTrait),
  affinities: exportMap(draft.affinities ?? {}, exportAffinity),
});
