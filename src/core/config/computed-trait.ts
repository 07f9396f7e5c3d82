import * as z from "zod";
import type { Json, JsonObject } from "../json.ts";
import type { Affinity, ComputedTrait } from "../learning.ts";
import { withoutDefaults } from "./export-order.ts";
import { anyObject, choice, entity, text, whole } from "./fields.ts";

const defaults = { description: "", where: null, of: null, levels: null } as const;

export const traitFile = entity("A trait that follows from events.", {
  description: text("What it tells, for people.", "How much somebody has spent").optional(),
  kind: choice("How events become a value.", ["count", "sum", "last", "distinct", "daysSince", "streak", "level"]),
  event: text("The name of the events.", "order", 200).min(1),
  where: anyObject("A condition over the event's properties.", "{ category: Art }").optional(),
  of: text("`sum`, `last`, `distinct`: the property. Default: the event's value.", "category", 200).min(1).optional(),
  levels: z
    .record(z.string().min(1), whole("From how many on.", 0, 1_000_000_000))
    .meta({ description: "`level`: from how many events on each begins." })
    .optional(),
});

export const traitOf = (file: z.output<typeof traitFile>): ComputedTrait => ({
  description: file.description ?? defaults.description,
  kind: file.kind,
  event: file.event,
  where: (file.where as JsonObject | undefined) ?? defaults.where,
  of: file.of ?? defaults.of,
  levels: file.levels ?? defaults.levels,
});

export const exportTrait = (trait: ComputedTrait): Json => withoutDefaults({ ...trait }, defaults);

const affinityDefaults = { description: "", halfLifeDays: 30 } as const;

export const affinityFile = entity("How much visitors turn to each value of a property, old events weighing less.", {
  description: text("What it tells, for people.", "Which shelves somebody likes").optional(),
  of: text("The property of events that names the value or values. Default: the affinity's key.", "category", 200)
    .min(1)
    .optional(),
  events: z
    .record(z.string().min(1), whole("What it weighs.", 1, 100))
    .meta({ description: "What an event of each name weighs.", examples: [{ view_book: 1, order: 5 }] }),
  halfLifeDays: whole("After so many days an event weighs half. Default: 30.", 1, 365).optional(),
});

export const affinityOf = (file: z.output<typeof affinityFile>, key: string): Affinity => ({
  description: file.description ?? affinityDefaults.description,
  of: file.of ?? key,
  events: file.events,
  halfLifeDays: file.halfLifeDays ?? affinityDefaults.halfLifeDays,
});

export const exportAffinity = (affinity: Affinity, key: string): Json =>
  withoutDefaults({ ...affinity }, { ...affinityDefaults, of: key });
