import type { RoutePattern } from "./draft.ts";
import type { JsonObject } from "./json.ts";

/**
 * `view`: a page was answered; `form`: a form was posted and accepted; `json`: a JSON answer holds a field; `search`: a page was
 * asked for with a search query; `absence`: something happened and something else did not follow.
 */
export type ObserveKind = "view" | "form" | "json" | "search" | "absence";

/** Turns what passes through the proxy into events, without a script. Members that its kind does not have are `null` or empty. */
export interface ObserveRule {
  readonly description: string;
  readonly kind: ObserveKind;
  /** The name of the event it makes. */
  readonly event: string;
  readonly routes: readonly RoutePattern[];
  /** The only values that are kept: the event's property, and the form field or query parameter it is taken from. */
  readonly fields: Readonly<Record<string, string>>;
  /** The property whose number becomes the event's value. */
  readonly value: string | null;
  /** `view`: the item that the page is about is read from its JSON-LD and OpenGraph. */
  readonly item: boolean;
  /** `json`: RFC 6901; the event happens when something is there that is neither `null` nor `false`. */
  readonly pointer: string | null;
  /** `search`: the query parameter. */
  readonly parameter: string | null;
  /** `absence`: the event that is followed, and the one that must not have come within so many minutes. */
  readonly after: string | null;
  readonly without: string | null;
  readonly minutes: number | null;
}

export type TraitKind = "count" | "sum" | "last" | "distinct" | "daysSince" | "streak" | "level";

/** A trait that follows from events of one name. */
export interface ComputedTrait {
  readonly description: string;
  readonly kind: TraitKind;
  readonly event: string;
  /** A condition over the event's properties; `null` takes every event of the name. */
  readonly where: JsonObject | null;
  /** `sum`, `last`, `distinct`: the property that is looked at; `null` is the event's value. */
  readonly of: string | null;
  /** `level`: the least count of each level, by its name. */
  readonly levels: Readonly<Record<string, number>> | null;
}

/** How much a visitor turns to each value of a property, old events weighing less and less. */
export interface Affinity {
  readonly description: string;
  /** The property of events that names the value or values. */
  readonly of: string;
  /** What an event of each name weighs: integers of 1 … 100. */
  readonly events: Readonly<Record<string, number>>;
  /** After so many days an event weighs half. */
  readonly halfLifeDays: number;
}
