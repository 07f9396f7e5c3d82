import type { InferSelectModel } from "drizzle-orm";
import type * as schema from "./config-schema.ts";

type Tables = typeof schema;

/** A row of `DB` as drizzle reads it: camel-cased names, JSON columns as text. */
export type RowOf<Name extends keyof Tables> = InferSelectModel<Tables[Name]>;
export type ExperienceRow = RowOf<"experiences">;
export type VariantRow = RowOf<"variants">;

/** All rows of one site. */
export interface DraftRows {
  readonly site: RowOf<"sites">;
  readonly routes: readonly RowOf<"routes">[];
  readonly audiences: readonly RowOf<"audiences">[];
  readonly slots: readonly RowOf<"slots">[];
  readonly metrics: readonly RowOf<"metrics">[];
  readonly layers: readonly RowOf<"layers">[];
  readonly holdouts: readonly RowOf<"holdouts">[];
  readonly experiences: readonly ExperienceRow[];
  readonly variants: readonly VariantRow[];
  readonly apps: readonly RowOf<"apps">[];
  readonly eventKinds: readonly RowOf<"eventKinds">[];
}
