import type { Operation, Variant } from "./draft.ts";

/** Actions that leave what others did to the same element in place. */
const additive = new Set(["prepend", "append", "before", "after", "addClass", "removeClass"]);

/**
 * The place an operation changes, as a text that two operations share exactly when the later would undo the earlier;
 * `null` for operations that get along with any other.
 */
export function placeOf(operation: Operation): string | null {
  if ("header" in operation) return `header ${operation.header.toLowerCase()}`;
  if ("pointer" in operation) {
    return operation.action === "append" ? null : `json ${operation.within ?? ""} ${operation.pointer}`;
  }
  if (additive.has(operation.action)) return null;
  const selector = operation.selector.trim().replace(/\s+/g, " ");
  const part = { setAttribute: "@", removeAttribute: "@", setStyle: "style." }[operation.action as string];
  return part === undefined ? `html ${selector}` : `html ${selector} ${part}${operation.name?.toLowerCase() ?? ""}`;
}

/** Whether a place is a slot: apps ask for it, wherever they are. */
export const isSlotPlace = (place: string): boolean => place.startsWith("slot ");

/** Every place that some variant of an experience changes. A move changes the page itself; a slot is one wherever it shows. */
export function placesOf(
  variants: readonly Variant[],
  operationsOf: (variant: Variant) => readonly Operation[],
): Set<string> {
  const places = new Set<string>();
  for (const variant of variants) {
    if (variant.move !== null) places.add("page");
    for (const slot of Object.keys(variant.slots)) places.add(`slot ${slot}`);
    for (const operation of operationsOf(variant)) {
      const place = placeOf(operation);
      if (place !== null) places.add(place);
    }
  }
  return places;
}
