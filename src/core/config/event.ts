import * as z from "zod";
import type { EventKind, PropRule } from "../draft.ts";
import { eventNameShape } from "../event-name.ts";
import type { Json } from "../json.ts";
import { exportMap, mapValues, withoutDefaults } from "./export-order.ts";
import { choice, either, entity, flag, listOf, said, text } from "./fields.ts";

const defaults = { description: "", purposes: ["analytics", "personalization"] } as const;

const propType = choice("What values it takes.", ["text", "number", "boolean"]);
const propFile = either("A property: its type, or a mapping.", "a type or a mapping", "number", [
  propType,
  entity("A property.", { type: propType, required: flag("Whether every such event must have it.", false) }),
]);

const purposes = listOf(
  "What it may be used for. Default: both.",
  "[analytics]",
  choice("A purpose.", ["analytics", "personalization"]),
  2,
).min(1, { error: said("names no purpose", "Write [analytics], [personalization] or both.") });

export const eventFile = entity("An event that pages or servers send.", {
  description: text("What has happened then, for people.", "A book was put into the basket").optional(),
  purposes: purposes.optional(),
  props: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/), propFile)
    .meta({ description: "Its properties: these and no others. Left out: any." })
    .optional(),
});

export const eventsFile = z
  .record(z.string().regex(eventNameShape), eventFile)
  .meta({ description: "Events, by name, with their properties and what they may be used for." });

type EventFile = z.output<typeof eventFile>;
type PropFile = NonNullable<EventFile["props"]>[string];

export const eventKindOf = (file: EventFile): EventKind => ({
  description: file.description ?? defaults.description,
  purposes: file.purposes ?? defaults.purposes,
  props: file.props === undefined ? null : mapValues(file.props, propOf),
});

const propOf = (file: PropFile): PropRule =>
  typeof file === "string" ? { type: file, required: false } : { type: file.type, required: file.required ?? false };

export const exportEventKind = ({ description, purposes: allowed, props }: EventKind): Json =>
  withoutDefaults(
    { description, purposes: allowed, props: props === null ? undefined : (exportMap(props, exportProp) ?? {}) },
    defaults,
  );

const exportProp = ({ type, required }: PropRule): Json => (required ? { type, required } : type);
