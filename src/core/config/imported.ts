import * as z from "zod";
import type { Filter, Namespace } from "../draft.ts";
import type { Json } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { entity, fraction, listOf, said, text } from "./fields.ts";
import { unitField } from "./layer.ts";

/** What only imports from GrowthBook need. Its numbers are fractions of 1, and stay so to the last digit. */
export const namespaceFile = entity("GrowthBook's namespace: a further hash that must fall between two numbers.", {
  id: text("The namespace's id.", "checkout", 500),
  from: fraction("Start, included."),
  to: fraction("End, excluded."),
});

const pair = z.tuple([fraction("Start, included."), fraction("End, excluded.")], {
  error: said("must be a pair of numbers", "Write [from, to), for example [0, 0.5]."),
});

/** GrowthBook's hash versions. A literal, so that 3 is not silently taken for 2. */
export const hashVersionField = z
  .literal([1, 2], { error: said("must be 1 or 2", "Write 2, unless an import says 1.") })
  .meta({ description: "Version of the hash. Default: 2; 1 only for imports." });

export const filterFile = entity("GrowthBook's filter: a further hash that must fall into one of the ranges.", {
  seed: text("What is hashed with the unit.", "checkout", 500),
  unit: unitField("What is hashed. Default: visitor.").optional(),
  hashVersion: hashVersionField.optional(),
  ranges: listOf("Ranges as fractions of 1.", "[[0, 0.5]]", pair, 1000),
});

const defaults = { unit: "visitor", hashVersion: 2 } as const;

export const namespaceOf = (file: z.output<typeof namespaceFile>): Namespace => file;

export const filterOf = (file: z.output<typeof filterFile>): Filter => ({
  seed: file.seed,
  unit: file.unit ?? defaults.unit,
  hashVersion: file.hashVersion ?? defaults.hashVersion,
  ranges: file.ranges,
});

export const exportFilter = (filter: Filter): Json => withoutDefaults({ ...filter }, defaults);
