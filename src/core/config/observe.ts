import * as z from "zod";
import type { RoutePattern } from "../draft.ts";
import type { Json } from "../json.ts";
import type { ObserveKind, ObserveRule } from "../learning.ts";
import { withoutDefaults } from "./export-order.ts";
import { choice, either, entity, flag, listOf, text, whole } from "./fields.ts";
import { exportRouteUse, routeOf, routeUse } from "./route.ts";

const defaults = {
  description: "",
  routes: [],
  fields: {},
  value: null,
  item: false,
  pointer: null,
  parameter: null,
  after: null,
  without: null,
  minutes: null,
} as const;

const name = (about: string, example: string) => text(about, example, 200).min(1);

export const observeFile = entity("What the proxy turns into events, without a script.", {
  description: text("What it tells, for people.", "Somebody looked at a book").optional(),
  kind: choice(
    "`view`: a page was answered; `form`: a form was posted and accepted; `json`: a JSON answer holds a field; `search`: a search query; `absence`: something did not follow.",
    ["view", "form", "json", "search", "absence"],
  ),
  event: name("The name of the event it makes.", "view_book"),
  routes: listOf("Where: names of `routes`, paths or patterns.", '["/books/*"]', routeUse, 100).optional(),
  fields: either(
    "The only values that are kept: form fields, or query parameters. A list, or each under another name.",
    "a list or a mapping",
    "[book, quantity]",
    [
      listOf("Their names.", "[book]", name("A name.", "book"), 20),
      z.record(z.string().min(1), name("The field or parameter.", "book")).meta({ description: "Property: field." }),
    ],
  ).optional(),
  value: name("The property whose number becomes the event's value.", "quantity").optional(),
  item: flag("`view`: read the item that the page is about from its JSON-LD and OpenGraph.", false),
  pointer: text("`json`: where the field is (RFC 6901).", "/order/total", 500).optional(),
  parameter: name("`search`: the query parameter.", "q").optional(),
  after: name("`absence`: the event that is followed.", "add_to_basket").optional(),
  without: name("`absence`: the event that should have come.", "order").optional(),
  minutes: whole("`absence`: how long it may take to come.", 1, 7 * 24 * 60).optional(),
});

type ObserveFile = z.output<typeof observeFile>;

export const observeOf = (file: ObserveFile, named: Readonly<Record<string, RoutePattern>>): ObserveRule => ({
  description: file.description ?? defaults.description,
  kind: file.kind,
  event: file.event,
  routes: (file.routes ?? []).map((use) => watchedBy(file.kind, patternOf(use, named))),
  fields: fieldsOf(file.fields),
  value: file.value ?? defaults.value,
  item: file.item ?? defaults.item,
  pointer: file.pointer ?? defaults.pointer,
  parameter: file.parameter ?? defaults.parameter,
  after: file.after ?? defaults.after,
  without: file.without ?? defaults.without,
  minutes: file.minutes ?? defaults.minutes,
});

const asPath = (path: string): RoutePattern => routeOf({ path });

/** A name that leads nowhere has been reported by then. */
const patternOf = (use: z.output<typeof routeUse>, named: Readonly<Record<string, RoutePattern>>): RoutePattern => {
  if (typeof use !== "string") return routeOf(use);
  return (Object.hasOwn(named, use) ? named[use] : undefined) ?? asPath(use);
};

/** A form is posted unless its pattern says otherwise; a page is asked for with GET, a HEAD shows nothing to anybody. */
function watchedBy(kind: ObserveKind, pattern: RoutePattern): RoutePattern {
  const writing = pattern.methods.filter((method) => method !== "GET" && method !== "HEAD");
  if (kind === "form") return { ...pattern, methods: writing.length === 0 ? ["POST"] : writing };
  return { ...pattern, methods: pattern.methods.filter((method) => method !== "HEAD") };
}

const fieldsOf = (fields: ObserveFile["fields"]): ObserveRule["fields"] =>
  Array.isArray(fields) ? Object.fromEntries(fields.map((field) => [field, field])) : (fields ?? {});

export const exportObserve = ({ routes, ...rule }: ObserveRule, named: Readonly<Record<string, RoutePattern>>): Json =>
  withoutDefaults({ ...rule, routes: routes.map((route) => exportRouteUse(route, named)) }, defaults);
