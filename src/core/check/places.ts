import type { Draft, Experience, HtmlAction, Operation } from "../draft.ts";

/** A place that can hold one thing only, as a key to compare and in words. */
export interface Place {
  readonly key: string;
  readonly words: string;
}

/** Actions that replace what is inside or the element itself; the others that are not here add up peacefully. */
const replacing: ReadonlySet<HtmlAction> = new Set(["setText", "setHtml", "replace", "remove"]);

/** Everything that any variant of the experience sets, each place once. Two who set the same can't both be seen. */
export function placesOf(experience: Experience, slots: Draft["slots"]): readonly Place[] {
  const places = experience.variants.flatMap((variant) => [
    ...variant.operations.flatMap(placeOf),
    ...Object.keys(variant.slots).flatMap((key) => slotPlaces(key, slots)),
    ...(variant.move === null ? [] : [{ key: "move", words: "where the page comes from" }]),
  ]);
  return [...new Map(places.map((place) => [place.key, place])).values()];
}

function placeOf(operation: Operation): readonly Place[] {
  if ("header" in operation) {
    if (operation.action === "append") return [];
    const name = operation.header.toLowerCase();
    return [{ key: `header ${name}`, words: `the header ${name}` }];
  }
  if ("pointer" in operation) {
    if (operation.action === "append") return [];
    return [{ key: `json ${operation.within ?? ""} ${operation.pointer}`, words: `"${operation.pointer}"` }];
  }
  return htmlPlace(operation.selector, operation.action, operation.name);
}

function htmlPlace(selector: string, action: HtmlAction, name: string | null): readonly Place[] {
  const where = selector.trim().replaceAll(/\s+/g, " ");
  if (replacing.has(action)) return [{ key: `content ${where}`, words: `the content of "${where}"` }];
  if (action === "setAttribute" || action === "removeAttribute")
    return [{ key: `attribute ${name} ${where}`, words: `${name} of "${where}"` }];
  return action === "setStyle" ? [{ key: `style ${name} ${where}`, words: `the style ${name} of "${where}"` }] : [];
}

function slotPlaces(key: string, slots: Draft["slots"]): readonly Place[] {
  const slot = Object.hasOwn(slots, key) ? slots[key] : undefined;
  const shown = slot?.html ? htmlPlace(slot.html.selector, slot.html.action, slot.html.name) : [];
  const carried = slot?.json ? [{ key: `json  ${slot.json.pointer}`, words: `"${slot.json.pointer}"` }] : [];
  // The slot itself comes first: where a page's place is the same thing, a person knows it by the slot's name.
  return [{ key: `slot ${key}`, words: `the slot "${key}"` }, ...shown, ...carried];
}
