import type { PlannedHeader, PlannedHtml, PlannedJson, TemplateScope, VariantPlan } from "./decision.ts";
import type { HeaderOperation, HtmlOperation, JsonOperation, Operation, Slot, Variant } from "./draft.ts";
import { isObject, type Json } from "./json.ts";
import { landingOfHtml } from "./operation/html-operations.ts";
import { compileTemplate, type Landing, type Template } from "./template.ts";

type Slots = Readonly<Record<string, Slot>>;

/**
 * Everything a variant changes, as operations: those it names, and those that follow from the slots it sets.
 *
 * A slot that no page or document carries (it is read over OFREP only) gives none.
 */
export function operationsOf(variant: Variant, slots: Slots): readonly Operation[] {
  const fromSlots = Object.entries(variant.slots).flatMap(([key, value]) => {
    const slot = Object.hasOwn(slots, key) ? slots[key] : undefined;
    return slot === undefined ? [] : slotOperations(slot, value);
  });
  return [...variant.operations, ...fromSlots];
}

function slotOperations(slot: Slot, value: Json): readonly Operation[] {
  const operations: Operation[] = [];
  if (slot.html !== null) operations.push({ ...slot.html, value: textOf(value) });
  if (slot.json !== null) operations.push({ pointer: slot.json.pointer, action: "set", value, within: null });
  return operations;
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const isHtml = (operation: Operation): operation is HtmlOperation => "selector" in operation;
const isJson = (operation: Operation): operation is JsonOperation => "pointer" in operation;
const isHeader = (operation: Operation): operation is HeaderOperation => "header" in operation;

/** What every arm of an experience looks at, so that an exposure is recorded on the same condition in each (design.md, 7). */
type Watches = Pick<VariantPlan, "watchedSelectors" | "watchedPointers" | "watchesHeaders" | "watchesMove">;

export function watchesOf(variants: readonly Variant[], slots: Slots): Watches {
  const operations = variants.flatMap((variant) => operationsOf(variant, slots));
  const json = operations.filter(isJson);
  const inPages = json.flatMap(({ within }) => (within === null ? [] : [within]));
  return {
    watchedSelectors: [...new Set([...operations.filter(isHtml).map(({ selector }) => selector), ...inPages])],
    watchedPointers: [...new Set(json.filter(({ within }) => within === null).map(({ pointer }) => pointer))],
    watchesHeaders: operations.some(isHeader),
    watchesMove: variants.some(({ move }) => move !== null),
  };
}

/** Prepares a variant for rendering: templates compiled for where their values land. */
export function planOf(variant: Variant, slots: Slots, watches: Watches): VariantPlan {
  const operations = operationsOf(variant, slots);
  return {
    ...watches,
    html: operations.filter(isHtml).map(planHtml),
    json: operations.filter(isJson).map(planJson),
    headers: operations.filter(isHeader).map(planHeader),
    move: variant.move,
    slots: variant.slots,
  };
}

/** The plan of an arm that changes nothing. */
export const emptyPlan = (watches: Watches): VariantPlan => ({
  ...watches,
  html: [],
  json: [],
  headers: [],
  move: null,
  slots: {},
});

const planHtml = (operation: HtmlOperation): PlannedHtml => ({
  ...operation,
  value: templateOf(operation.value, landingOfHtml(operation)),
});

const planHeader = (operation: HeaderOperation): PlannedHeader => ({
  ...operation,
  value: templateOf(operation.value, "header"),
});

const planJson = (operation: JsonOperation): PlannedJson => ({ ...operation, value: compileJson(operation.value) });

/** A template that does not compile was refused on save; should one arrive all the same, rendering it is that operation's failure. */
function templateOf(source: string | null, landing: Landing): Template | null {
  if (source === null) return null;
  const compiled = compileTemplate(source, landing);
  if (compiled.ok) return compiled.value;
  return () => {
    throw new Error(`template: ${compiled.error}`);
  };
}

/** Compiles every string inside a JSON value; values without templates are returned as they are. */
function compileJson(value: Json): (scope: TemplateScope) => Json {
  if (typeof value === "string") return templateOf(value, "json") ?? (() => value);
  if (Array.isArray(value)) {
    const members = value.map(compileJson);
    return (scope) => members.map((member) => member(scope));
  }
  if (!isObject(value)) return () => value;
  const members = Object.entries(value).map(([key, member]) => [key, compileJson(member)] as const);
  return (scope) => Object.fromEntries(members.map(([key, member]) => [key, member(scope)]));
}

/**
 * Renders the templates inside a slot's value, as applications get it: as text, escaped for no place in particular.
 *
 * A template that fails leaves its source, so that somebody notices.
 */
export function renderJson(value: Json, scope: TemplateScope): Json {
  try {
    return compileJson(value)(scope);
  } catch {
    return value;
  }
}

/** Whether some value of the variant reads the visitor's stored facts. */
export const readsVisitor = (variant: Variant): boolean => JSON.stringify(variant).includes("visitor");
