import * as z from "zod";
import type { Operation } from "../draft.ts";
import type { Json } from "../json.ts";
import { defined } from "./export-order.ts";
import { choice, either, entity, said, text } from "./fields.ts";

/** Every change that can be made to an element. */
export const htmlActions = [
  "setText",
  "setHtml",
  "setAttribute",
  "removeAttribute",
  "addClass",
  "removeClass",
  "setStyle",
  "prepend",
  "append",
  "before",
  "after",
  "replace",
  "remove",
] as const;

const template = either("Text, which may be a Liquid template.", "text or a number", '"Hello"', [
  text("Text, which may be a Liquid template.", "Good evening, {{ visitor.firstName }}"),
  z.number(),
  z.boolean(),
]);

const htmlOperation = entity("A change to the elements that a selector finds.", {
  selector: text("CSS selector, as HTMLRewriter understands them.", "#hero h1", 2000),
  action: choice("What to do with them.", htmlActions),
  name: text("The attribute, class or style property, for the actions that need one.", "href", 200).optional(),
  value: template.optional(),
});

const jsonOperation = entity("A change to a JSON document.", {
  pointer: text("RFC 6901 pointer; `*` as a whole segment means every member.", "/books/0/price", 2000).regex(
    /^(\/|$)/,
    {
      error: said("must begin with /", 'Write a JSON pointer, for example "/books/0/price".'),
    },
  ),
  action: choice("What to do there.", ["set", "remove", "append"]),
  value: z.unknown().meta({ description: "Any JSON; strings inside may be Liquid templates." }).optional(),
  within: text("For JSON inside a page: the selector of its script element.", "#state", 2000).optional(),
});

const headerOperation = entity("A change to a response header.", {
  header: text("The header's name.", "x-theme", 200),
  action: choice("What to do with it.", ["set", "append", "remove"]),
  value: template.optional(),
});

export const operationFile = either(
  "One change to a response: by `selector` in a page, by `pointer` in JSON, by `header`.",
  "a mapping with `selector`, `pointer` or `header`",
  "{ selector: h1, action: setText, value: Hello }",
  [htmlOperation, jsonOperation, headerOperation],
);

const textOf = (value: string | number | boolean | undefined): string | null =>
  value === undefined ? null : String(value);

export function operationOf(file: z.output<typeof operationFile>): Operation {
  if ("selector" in file) {
    return { selector: file.selector, action: file.action, name: file.name ?? null, value: textOf(file.value) };
  }
  if ("header" in file) return { header: file.header, action: file.action, value: textOf(file.value) };
  return {
    pointer: file.pointer,
    action: file.action,
    value: (file.value ?? null) as Json,
    within: file.within ?? null,
  };
}

/** `null` members are what is left out; a pointer that sets `null` says so. */
export function exportOperation(operation: Operation): Json {
  if ("selector" in operation || "header" in operation) {
    const name = "selector" in operation ? operation.name : null;
    return defined({ ...operation, name: name ?? undefined, value: operation.value ?? undefined });
  }
  const value = operation.value === null && operation.action === "remove" ? undefined : operation.value;
  return defined({ ...operation, value, within: operation.within ?? undefined });
}
