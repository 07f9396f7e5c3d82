import type { JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import type { UrlTarget } from "../payload.ts";
import { partsOf, type UrlPart } from "../url-target.ts";
import type { Tell } from "./notes.ts";

/** Where an experiment acts: routes that hold all its pages, and what of its targeting routes can't say. */
export interface Targeting {
  readonly routes: readonly string[];
  /** `null` when the routes say it all. */
  readonly audience: JsonObject | null;
}

const anyPage: readonly string[] = ["/*"];

/** Turns GrowthBook's URL targeting into routes and a condition. */
export function targetingOf(targets: readonly UrlTarget[] | null, where: string, tell: Tell): Targeting {
  if (targets === null) return { routes: anyPage, audience: null };
  if (targets.length === 0) return { routes: [], audience: null };
  const read = targets.map((target, index) => readTarget(target, where + pointerOf("urlPatterns", index), tell));
  const included = read.filter((_, index) => targets[index]?.include);
  const excluded = read.filter((_, index) => !targets[index]?.include);
  const routes = included.length === 0 ? anyPage : [...new Set(included.flatMap(({ route }) => route ?? []))];
  const saysAll = included.every(({ isExact }) => isExact) && excluded.length === 0;
  return {
    routes: routes.includes("/*") ? anyPage : routes,
    audience: saysAll ? null : conditionOf(included, excluded),
  };
}

function conditionOf(included: readonly Read[], excluded: readonly Read[]): JsonObject {
  const [first] = included;
  const pages = included.length === 1 ? (first?.when ?? {}) : { $or: included.map(({ when }) => when) };
  return {
    ...(included.length === 0 ? {} : pages),
    ...(excluded.length === 0 ? {} : { $nor: excluded.map(({ when }) => when) }),
  };
}

interface Read {
  /** `null` for a pattern that no page fits. */
  readonly route: string | null;
  readonly when: JsonObject;
  /** The route alone says it. */
  readonly isExact: boolean;
}

const noPage: Read = { route: null, when: { $nor: [{}] }, isExact: false };

function readTarget({ type, pattern }: UrlTarget, where: string, tell: Tell): Read {
  if (type === "regex") {
    const found = { $regex: pattern };
    return { route: "/*", when: { $or: [{ "context.url": found }, { "context.target": found }] }, isExact: false };
  }
  const parts = type === "simple" ? partsOf(pattern) : null;
  if (parts === null) {
    tell(where, `"${pattern}" is no pattern of a URL`, "It fits no page; write it anew.");
    return noPage;
  }
  return readParts(parts, where, tell);
}

function readParts(parts: readonly UrlPart[], where: string, tell: Tell): Read {
  const path = parts.find(({ part }) => part === "path")?.literal ?? "";
  const clauses = parts.map((part) => clauseOf(part, where, tell)).filter((clause) => clause !== null);
  const others = clauses.filter((clause) => !Object.hasOwn(clause, "context.path"));
  const isExact = others.length === 0 && (path === "*" || !path.includes("*"));
  const when = clauses.length === 0 ? {} : clauses.length === 1 ? (clauses[0] ?? {}) : { $and: clauses };
  return { route: routeOf(path), when, isExact };
}

/** The narrowest route that holds every path of a pattern: `*` stands for whole segments there. */
function routeOf(path: string): string {
  const segments = path.split("/");
  const open = segments.findIndex((segment) => segment.includes("*") || segment.startsWith(":"));
  if (open === -1) return `/${path}`;
  return `/${[...segments.slice(0, open), "*"].join("/")}`;
}

function clauseOf({ part, name, literal, regex }: UrlPart, where: string, tell: Tell): JsonObject | null {
  if (literal === "*") return null;
  switch (part) {
    case "path":
      return { "context.path": { $regexi: regex } };
    case "host":
      if (/:\d+$/.test(literal))
        tell(where, "names a port", "Hosts are compared without; the port plays no part here.");
      return { "context.host": { $regexi: regex.replace(/:\d+\$$/, "$") } };
    case "hash":
      tell(
        where,
        `"#${literal.replace(/^#/, "")}" is never sent to a server`,
        "It plays no part here: the whole page is meant.",
      );
      return null;
    case "query":
      if (name.includes("."))
        tell(where, `the parameter "${name}" has a dot`, "Conditions can't name it; target by context.search.");
      return queryClause(`context.query.${name}`, literal, regex);
    default:
      return part satisfies never;
  }
}

/** A parameter that is not there is the empty text to GrowthBook. */
const queryClause = (fact: string, literal: string, regex: string): JsonObject =>
  literal === ""
    ? { $or: [{ [fact]: { $exists: false } }, { [fact]: "" }] }
    : { [fact]: { $exists: true, $regexi: regex } };
