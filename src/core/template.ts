import { Liquid, type Template as LiquidNode } from "liquidjs";
import type { TemplateScope } from "./decision.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * Where a rendered value lands. What templates print is escaped for it; what authors wrote around the prints is not.
 *
 * `text` and `attribute` are escaped as a whole by the renderer, so their prints stay as they are here.
 */
export type Landing = "text" | "html" | "attribute" | "url" | "json" | "header";

/** A value that may depend on the visitor. Pure; throws only when a template exceeds its limits. */
export type Template = (scope: TemplateScope) => string;

/** Bounds for one rendering: a template of a person's must never stall a page. */
const limits = { parseLimit: 20_000, renderLimit: 20, memoryLimit: 200_000 };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const print = (escaped: (text: string) => string) => (value: unknown) =>
  value === null || value === undefined
    ? ""
    : escaped(typeof value === "object" ? JSON.stringify(value) : String(value));

const engineFor = (escaped: (text: string) => string): Liquid =>
  new Liquid({
    ...limits,
    ownPropertyOnly: true,
    strictFilters: true,
    cache: false,
    // No templates from anywhere else: `include`, `render` and `layout` find nothing.
    templates: {},
    outputEscape: print(escaped),
  });

const identity = (text: string): string => text;

/** What prints are escaped by, per landing. */
const escapes: Readonly<Record<Landing, (text: string) => string>> = {
  text: identity,
  attribute: identity,
  json: identity,
  header: identity,
  url: encodeURIComponent,
  html: escapeHtml,
};

const engines = new Map<(text: string) => string, Liquid>();

/** One engine per escape, since liquidjs binds it to the engine; made when first needed, as each costs 10 ms of a start. */
function engineOf(landing: Landing): Liquid {
  const escaped = escapes[landing];
  const engine = engines.get(escaped) ?? engineFor(escaped);
  engines.set(escaped, engine);
  return engine;
}

/** Text without tags is its own value: by far the most common, and free. */
const isPlain = (source: string): boolean => !source.includes("{{") && !source.includes("{%");

/**
 * Compiles a Liquid template for the place its value lands in.
 *
 * @returns the template, or the parser's message when it is malformed or uses an unknown filter or tag.
 */
export function compileTemplate(source: string, landing: Landing): Result<Template, string> {
  if (isPlain(source)) return ok(() => source);
  const engine = engineOf(landing);
  let nodes: LiquidNode[];
  try {
    nodes = engine.parse(source);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  return ok((scope) => String(engine.renderSync(nodes, scope)));
}
