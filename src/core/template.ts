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

function engineFor(escaped: (text: string) => string): Liquid {
  const engine = new Liquid({
    ...limits,
    ownPropertyOnly: true,
    strictFilters: true,
    cache: false,
    // No templates from anywhere else: `include`, `render` and `layout` find nothing.
    templates: {},
    outputEscape: print(escaped),
  });
  // It would print a visitor's value unescaped.
  delete engine.filters.raw;
  return engine;
}

/** HTML that authors have escaped themselves, by habit, is not escaped again. */
function htmlEngine(): Liquid {
  const engine = engineFor(escapeHtml);
  const { escape: escapeFilter } = engine.filters;
  if (typeof escapeFilter === "function") engine.registerFilter("escape", { raw: true, handler: escapeFilter });
  return engine;
}

const identity = (text: string): string => text;

/** How prints are escaped, per landing. */
const makers = {
  plain: () => engineFor(identity),
  url: () => engineFor(encodeURIComponent),
  html: htmlEngine,
} as const;

const makerOf = (landing: Landing): keyof typeof makers =>
  landing === "url" || landing === "html" ? landing : "plain";

const engines = new Map<keyof typeof makers, Liquid>();

/** One engine per escape, since liquidjs binds it to the engine; made when first needed, as each costs 10 ms of a start. */
function engineOf(landing: Landing): Liquid {
  const name = makerOf(landing);
  const engine = engines.get(name) ?? makers[name]();
  engines.set(name, engine);
  return engine;
}

/** Text without tags is its own value: by far the most common, and free. */
const isPlain = (source: string): boolean => !source.includes("{{") && !source.includes("{%");

/** A URL that begins with a print may be printed whole: the operation that takes it looks at its scheme. */
const printsFirst = (source: string): boolean => source.startsWith("{{");

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
    if (landing === "url" && printsFirst(source))
      nodes = [...engineOf("text").parse(source).slice(0, 1), ...nodes.slice(1)];
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  return ok((scope) => String(engine.renderSync(nodes, ownNames(scope))));
}

/** The scope with its names as its own members, which is all that the engine sees; still read only when printed. */
const ownNames = (scope: TemplateScope): TemplateScope => ({
  get visitor() {
    return scope.visitor;
  },
  get context() {
    return scope.context;
  },
  get slot() {
    return scope.slot;
  },
});
