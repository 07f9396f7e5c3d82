import * as z from "zod";
import type { HtmlAction, Slot, SlotType } from "../draft.ts";
import type { Json, JsonObject } from "../json.ts";
import { defined, withoutDefaults } from "./export-order.ts";
import { anyObject, choice, either, entity, said, text, whole } from "./fields.ts";
import { htmlActions } from "./operation.ts";

const selector = text("CSS selector of the elements that show it.", "#hero h1", 2000);
const pointer = text("RFC 6901 pointer to where documents carry it.", "/hero/title", 2000);

const htmlPlace = entity("Where pages show it.", {
  selector,
  action: choice(
    "How the value is put there. Default: by type (text: setText, html: setHtml, image: src, url: href).",
    htmlActions,
  ).optional(),
  name: text("The attribute or style property, for `setAttribute` and `setStyle`.", "src", 200).optional(),
});

export const slotFile = entity("A named, typed piece of content with a default.", {
  description: text("What it is, for people.", "The first line a reader sees").optional(),
  type: choice("What values it takes.", ["text", "html", "number", "boolean", "image", "url", "json", "list"]),
  version: whole("Raise it when the meaning of values changes. Default: 1.", 1, 1_000_000).optional(),
  default: z
    .unknown()
    .refine((value) => value !== undefined, {
      error: said("is missing", "Write the value that everyone gets unless an experience says otherwise."),
    })
    .meta({ description: "The value that everyone gets unless an experience says otherwise." }),
  schema: anyObject("JSON Schema for values of type `json` and `list`.", "{ type: object }").optional(),
  html: either("Where pages show it: a selector, or a mapping.", "a selector or a mapping", '"#hero h1"', [
    selector,
    htmlPlace,
  ]).optional(),
  json: either(
    "Where JSON documents carry it: a pointer, or `{ pointer }`.",
    "a pointer or a mapping",
    '"/hero/title"',
    [pointer, entity("Where JSON documents carry it.", { pointer })],
  ).optional(),
});

type SlotFile = z.output<typeof slotFile>;
type HtmlPlace = Slot["html"];

/** How a value of each type is usually shown; the attribute where it goes into one. */
const usual: Readonly<Record<SlotType, { readonly action: HtmlAction; readonly name: string | null }>> = {
  text: { action: "setText", name: null },
  html: { action: "setHtml", name: null },
  number: { action: "setText", name: null },
  boolean: { action: "setText", name: null },
  image: { action: "setAttribute", name: "src" },
  url: { action: "setAttribute", name: "href" },
  json: { action: "setText", name: null },
  list: { action: "setText", name: null },
};

export const slotOf = (file: SlotFile): Slot => ({
  description: file.description ?? "",
  type: file.type,
  version: file.version ?? 1,
  default: file.default as Json,
  schema: (file.schema as JsonObject | undefined) ?? null,
  html: htmlPlaceOf(file),
  json: typeof file.json === "string" ? { pointer: file.json } : (file.json ?? null),
});

function htmlPlaceOf({ html, type }: SlotFile): HtmlPlace {
  if (html === undefined) return null;
  if (typeof html === "string") return { selector: html, ...usual[type] };
  if (html.action === undefined)
    return { selector: html.selector, ...usual[type], ...(html.name ? { name: html.name } : {}) };
  return { selector: html.selector, action: html.action, name: html.name ?? null };
}

export const exportSlot = (slot: Slot): Json =>
  withoutDefaults(
    {
      description: slot.description,
      type: slot.type,
      version: slot.version,
      default: slot.default,
      schema: slot.schema ?? undefined,
      html: exportHtmlPlace(slot.html, slot.type),
      json: slot.json?.pointer,
    },
    { description: "", version: 1 },
  );

function exportHtmlPlace(place: HtmlPlace, type: SlotType): Json | undefined {
  if (place === null) return undefined;
  const { action, name } = usual[type];
  if (place.action === action && place.name === name) return place.selector;
  return defined({ selector: place.selector, action: place.action, name: place.name ?? undefined });
}
