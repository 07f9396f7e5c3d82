import type { Draft, RoutePattern } from "../draft.ts";
import { canonicalJson, type Json } from "../json.ts";
import { type Problem, problem } from "../problem.ts";
import { overlap } from "../route-pattern.ts";
import { at, ofExperiences } from "./each.ts";

/** Route patterns that can match something. A named route's mistakes are told once, where it is named. */
export function checkRoutes(draft: Draft): readonly Problem[] {
  const named = new Set(Object.values(draft.routes).map(textOf));
  return [
    ...Object.entries(draft.routes).flatMap(([key, route]) => routeProblems(route, at("routes", key))),
    ...ofExperiences(draft, ({ routes }, key) =>
      routes.flatMap((route, index) =>
        named.has(textOf(route)) ? [] : routeProblems(route, at("experiences", key, "routes", index)),
      ),
    ),
  ];
}

const textOf = (route: RoutePattern): string => canonicalJson({ ...route } satisfies Record<string, Json>);

/** What is wrong with one pattern; `at` points at it. */
export function routeProblems({ path, methods }: RoutePattern, at: string): readonly Problem[] {
  const here = `${at}/path`;
  const mark = path.search(/[?#]/);
  if (mark >= 0) {
    const advice =
      path[mark] === "?" ? queryAdvice(path.slice(mark + 1)) : "Take it out: browsers keep it to themselves.";
    return [problem(here, `A path ends before "${path[mark]}".`, advice)];
  }
  if (!path.startsWith("/")) return [problem(here, `"${path}" does not begin with /.`, `Write "/${path}".`)];
  const segments = path.slice(1).split("/");
  return [
    ...segments.flatMap((segment, index) => segmentProblems(segment, index === segments.length - 1, here)),
    ...(methods.length === 0 ? [problem(`${at}/methods`, "The route has no methods.", "Write [GET].")] : []),
  ];
}

function queryAdvice(query: string): string {
  const [name = "", value = "*"] = query.split("&")[0]?.split("=") ?? [];
  return `Write the rest as query: { ${name}: "${value}" }.`;
}

function segmentProblems(segment: string, isLast: boolean, path: string): readonly Problem[] {
  if (segment === "*" && !isLast)
    return [problem(path, "`*` stands for the rest of a path, so it comes last.", "Write :name for one segment.")];
  if (segment !== "*" && segment.includes("*"))
    return [
      problem(path, `"${segment}" mixes text and *.`, "Write * as a whole last segment, or :name for one segment."),
    ];
  if (segment.startsWith(":") && !/^:[A-Za-z_]\w*$/.test(segment))
    return [problem(path, `"${segment}" is no parameter.`, "Write : and a name of letters and digits, such as :book.")];
  return [];
}

/** Whether some request matches both patterns. May say yes too often, never no when there is one. */
export const routesMeet = (a: RoutePattern, b: RoutePattern): boolean =>
  a.surface === b.surface && queriesAgree(a.query, b.query) && overlap(a, b);

const queriesAgree = (a: RoutePattern["query"], b: RoutePattern["query"]): boolean =>
  Object.entries(a).every(([name, value]) => {
    const other = Object.hasOwn(b, name) ? b[name] : undefined;
    return other === undefined || other === value || other === "*" || value === "*";
  });

/** Whether some request for exactly this path, with whatever query, matches the pattern. */
export const touchesPath = (route: RoutePattern, path: string): boolean => overlap(route, { ...route, path });
