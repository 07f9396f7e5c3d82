import type { Draft, Experience, HtmlOperation, JsonOperation, Operation, Surface } from "../draft.ts";
import { isObject, type Json } from "../json.ts";
import { type Problem, pointerOf, problem, warning } from "../problem.ts";
import { compileTemplate } from "../template.ts";
import type { Checkers } from "./check-draft.ts";
import { at, below, ofExperiences, ofVariants } from "./each.ts";
import { operationProblems } from "./operations.ts";
import { selectorProblems } from "./selectors.ts";

/** What variants do: selectors, pointers, templates, and whether it fits the surface of the routes. */
export const checkContent = (draft: Draft, checkers: Checkers): readonly Problem[] => [
  ...ofVariants(draft, ({ operations }, path, experience) =>
    operations.flatMap((operation, index) => {
      const here = `${path}${at("operations", index)}`;
      return [
        ...placeProblems(operation, here, checkers),
        ...templateProblems(operation.value, `${here}/value`),
        ...surfaceProblems(operation, experience, here),
        ...below(here, operationProblems(operation)),
      ];
    }),
  ),
  ...ofExperiences(draft, ({ variants }, key) =>
    variants.length === 0 || variants.some(changesSomething)
      ? []
      : [
          warning(
            at("experiences", key, "variants"),
            "No variant changes anything.",
            "Give one `operations`, `slots`, `serve` or `redirect`.",
          ),
        ],
  ),
];

const changesSomething = ({ operations, slots, move }: Experience["variants"][number]): boolean =>
  operations.length > 0 || Object.keys(slots).length > 0 || move !== null;

function placeProblems(operation: Operation, path: string, checkers: Checkers): readonly Problem[] {
  if ("selector" in operation) return selectorProblems(operation.selector, `${path}/selector`, checkers);
  if ("header" in operation) return [];
  const within = operation.within;
  return [
    ...pointerProblems(operation.pointer, `${path}/pointer`),
    ...(within === null ? [] : selectorProblems(within, `${path}/within`, checkers)),
  ];
}

/** RFC 6901: empty, or segments that begin with `/`, in which `~` is followed by 0 or 1. */
export function pointerProblems(pointer: string, path: string): readonly Problem[] {
  if (pointer !== "" && !pointer.startsWith("/"))
    return [problem(path, `"${pointer}" is no JSON pointer.`, `Write "/${pointer.replaceAll(".", "/")}".`)];
  if (/~(?![01])/.test(pointer))
    return [problem(path, `In "${pointer}", ~ stands alone.`, "Write ~0 for ~ and ~1 for / inside a name.")];
  return [];
}

/** Liquid's syntax in every string of a value. */
export function templateProblems(value: Json, path: string): readonly Problem[] {
  if (typeof value === "string") {
    const compiled = compileTemplate(value, "text");
    return compiled.ok
      ? []
      : [problem(path, `The template is malformed: ${inOneLine(compiled.error)}.`, templateAdvice(compiled.error))];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => templateProblems(each, path + pointerOf(index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => templateProblems(member, path + pointerOf(key)));
}

const inOneLine = (message: string): string => (message.split("\n")[0] ?? "").replace(/\.$/, "").slice(0, 200);

function templateAdvice(message: string): string {
  if (message.includes("undefined filter")) return "Use Liquid's own filters, such as default, upcase, escape.";
  if (message.includes("not closed")) return "Close it: {{ … }} and {% if … %} … {% endif %}.";
  return "Liquid is written {{ visitor.firstName | default: 'reader' }}; a literal {{ goes into {% raw %}.";
}

function surfaceProblems(operation: Operation, { routes }: Experience, path: string): readonly Problem[] {
  if (routes.length === 0) return [];
  if ("header" in operation) return fits(["html", "json"], routes, path, "A header can't be set");
  return "selector" in operation ? htmlFits(operation, routes, path) : jsonFits(operation, routes, path);
}

const htmlFits = (_: HtmlOperation, routes: Experience["routes"], path: string): readonly Problem[] =>
  fits(["html"], routes, `${path}/selector`, "A selector finds nothing");

const jsonFits = ({ within }: JsonOperation, routes: Experience["routes"], path: string): readonly Problem[] =>
  within === null
    ? fits(["json"], routes, `${path}/pointer`, "A pointer finds nothing")
    : fits(["html"], routes, `${path}/within`, "A script element is not found");

function fits(
  surfaces: readonly Surface[],
  routes: Experience["routes"],
  path: string,
  message: string,
): readonly Problem[] {
  if (routes.some(({ surface }) => surfaces.includes(surface))) return [];
  const found = [...new Set(routes.map(({ surface }) => surface))].join(" and ");
  const advice = `Add a route with surface: ${surfaces[0]}, or take the operation out.`;
  return [problem(path, `${message} on routes of surface ${found}.`, advice)];
}
