import * as z from "zod";
import type { RoutePattern } from "../draft.ts";
import { canonicalJson, type Json } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { choice, either, entity, flag, listOf, said, text } from "./fields.ts";

const defaults = { query: {}, methods: ["GET", "HEAD"], surface: "html" } as const;

const path = text(
  "Path: literal segments, `:name` for one segment, a last `*` for the rest.",
  "/books/*",
  500,
).startsWith("/", { error: said("must begin with /", 'Write the path as in the address, for example "/books/*".') });

const method = choice("HTTP method.", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A pattern of requests. */
export const routeFile = entity("A pattern of requests.", {
  path,
  query: z
    .record(z.string().min(1), text("The value; `*` accepts any.", "*", 500))
    .meta({ description: "Parameters that must be there, with that value; `*` accepts any value." })
    .optional(),
  methods: listOf("HTTP methods. Default: GET and HEAD.", '["GET"]', method)
    .min(1, { error: said("is empty", 'Write, for example, ["GET"].') })
    .optional(),
  surface: choice("`html` is rewritten as a page, `json` by pointer, `pass` is never touched. Default: html.", [
    "html",
    "json",
    "pass",
  ]).optional(),
  errors: flag("Rewrite the website's error pages (4xx, 5xx) too.", false),
});

/** Where an experience refers to a route: a name of `routes`, a path, or a pattern. */
export const routeUse = either(
  'A name of `routes`, a path that begins with "/", or a pattern of its own.',
  "a name of `routes`, a path or a pattern",
  '"/"',
  [text("A name of `routes`, or a path.", "/", 2000), routeFile],
);

export const routeOf = (file: z.output<typeof routeFile>): RoutePattern => ({
  path: file.path,
  query: file.query ?? defaults.query,
  methods: file.methods ?? defaults.methods,
  surface: file.surface ?? defaults.surface,
  ...(file.errors === true ? { errors: true } : {}),
});

export const exportRoute = (route: RoutePattern): Json => withoutDefaults({ ...route }, defaults);

/** Back to the shortest spelling: the first name whose pattern is the same, else the bare path, else the pattern. */
export function exportRouteUse(route: RoutePattern, named: Readonly<Record<string, RoutePattern>>): Json {
  const spelling = canonicalJson(exportRoute(route));
  const name = Object.keys(named)
    .sort()
    .find((key) => canonicalJson(exportRoute(named[key] as RoutePattern)) === spelling);
  if (name !== undefined) return name;
  return spelling === canonicalJson({ path: route.path }) ? route.path : exportRoute(route);
}
