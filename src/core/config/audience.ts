import type * as z from "zod";
import type { Audience } from "../draft.ts";
import type { Json, JsonObject } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { anyObject, entity, text } from "./fields.ts";

const example = "{ trait.readingHour: { $gte: 22 } }";

/** A condition in the file. Its language is checked by `compileCondition`; here it is only a mapping. */
export const condition = anyObject("MongoDB-style condition over context, traits and events.", example);

/** A condition that has passed the guard of `shapeProblem`, hence JSON throughout. */
export const conditionOf = (file: z.output<typeof condition>): JsonObject => file as JsonObject;

export const audienceFile = entity("A named condition.", {
  description: text("Who they are, for people.", "Readers after ten at night").optional(),
  when: condition,
});

export const audienceOf = (file: z.output<typeof audienceFile>): Audience => ({
  description: file.description ?? "",
  when: conditionOf(file.when),
});

export const exportAudience = (audience: Audience): Json =>
  withoutDefaults({ description: audience.description, when: audience.when }, { description: "" });
