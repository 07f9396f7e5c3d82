import * as z from "zod";
import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import type { Affinity, ComputedTrait, ObserveRule } from "../core/learning.ts";
import type { Columns } from "./column.ts";
import { jsonObject, routePattern } from "./draft-json.ts";

/** One row: what is learnt, as JSON. What a person may leave out when writing SQL has a default here. */
export interface LearningRow {
  readonly site: string;
  readonly key: string;
  readonly description: string;
  readonly definition: string;
}

const word = z.string().min(1);
const maybe = <T extends z.ZodType>(shape: T) => shape.nullable().default(null);

const rule = z.strictObject({
  kind: z.enum(["view", "form", "json", "search", "absence"]),
  event: word,
  routes: z.array(routePattern).default([]),
  fields: z.record(word, word).default({}),
  value: maybe(word),
  item: z.boolean().default(false),
  pointer: maybe(z.string()),
  parameter: maybe(word),
  after: maybe(word),
  without: maybe(word),
  minutes: maybe(z.int().min(1)),
});

const trait = z.strictObject({
  kind: z.enum(["count", "sum", "last", "distinct", "daysSince", "streak", "level"]),
  event: word,
  where: maybe(jsonObject),
  of: maybe(word),
  levels: maybe(z.record(word, z.int().min(0))),
});

const affinity = z.strictObject({
  of: word,
  events: z.record(word, z.int().min(1).max(100)),
  halfLifeDays: z.int().min(1).default(30),
});

const emptyRule = rule.parse({ kind: "view", event: "-" });
const emptyTrait = trait.parse({ kind: "count", event: "-" });

/** What each table holds. */
export const readLearning = {
  observe: ({ definition, description }: LearningRow, read: Columns): ObserveRule => ({
    description,
    ...read.json("definition", definition, rule, emptyRule),
  }),
  traits: ({ definition, description }: LearningRow, read: Columns): ComputedTrait => ({
    description,
    ...read.json("definition", definition, trait, emptyTrait),
  }),
  affinities: ({ definition, description }: LearningRow, read: Columns): Affinity => ({
    description,
    ...read.json("definition", definition, affinity, { of: "-", events: {}, halfLifeDays: 30 }),
  }),
};

type Learning = Pick<Draft, "observe" | "traits" | "affinities">;
type LearningRows = Readonly<Record<"observe" | "traits" | "affinities", readonly LearningRow[]>>;

export const learningRows = (site: SiteKey, { observe, traits, affinities }: Learning): LearningRows => ({
  observe: rowsOf(site, observe),
  traits: rowsOf(site, traits),
  affinities: rowsOf(site, affinities),
});

const rowsOf = (
  site: SiteKey,
  map: Readonly<Record<string, { readonly description: string }>> = {},
): readonly LearningRow[] =>
  Object.entries(map).map(([key, { description, ...definition }]) => {
    return { site, key, description, definition: JSON.stringify(definition as Json) };
  });
