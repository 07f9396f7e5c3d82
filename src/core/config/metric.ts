import type * as z from "zod";
import type { Metric } from "../draft.ts";
import type { Json } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { choice, entity, text, whole } from "./fields.ts";

const defaults = { description: "", denominator: null, withinHours: 72 } as const;

export const metricFile = entity("What is measured.", {
  description: text("What it tells, for people.", "Visitors who put a book into the basket").optional(),
  kind: choice("How events become a number.", ["conversion", "count", "sum", "ratio", "duration", "retention"]),
  event: text("The name of the event that is counted.", "add_to_basket", 200),
  denominator: text("Only for `ratio`: the event that is divided by.", "page_view", 200).optional(),
  withinHours: whole("How long after the first exposure an event counts. Default: 72.", 1, 24 * 90).optional(),
});

export const metricOf = (file: z.output<typeof metricFile>): Metric => ({
  description: file.description ?? defaults.description,
  kind: file.kind,
  event: file.event,
  denominator: file.denominator ?? defaults.denominator,
  withinHours: file.withinHours ?? defaults.withinHours,
});

export const exportMetric = (metric: Metric): Json => withoutDefaults({ ...metric }, defaults);
