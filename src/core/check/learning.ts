import { compileCondition } from "../condition/compile.ts";
import { plainPaths } from "../condition/paths.ts";
import type { Draft } from "../draft.ts";
import type { ComputedTrait, ObserveRule } from "../learning.ts";
import { type Problem, problem } from "../problem.ts";
import { at, below } from "./each.ts";
import { routeProblems } from "./routes.ts";

/** What is learnt of visitors: each rule has what its kind needs, and nothing that it would ignore. */
export const checkLearning = (draft: Draft): readonly Problem[] => [
  ...Object.entries(draft.observe ?? {}).flatMap(([key, rule]) => ruleProblems(rule, at("observe", key))),
  ...Object.entries(draft.traits ?? {}).flatMap(([key, trait]) => traitProblems(trait, at("traits", key))),
  ...Object.entries(draft.affinities ?? {}).flatMap(([key, { events }]) =>
    Object.keys(events).length === 0
      ? [problem(at("affinities", key, "events"), "No event weighs anything.", "Name one: { view_book: 1 }.")]
      : [],
  ),
];

type Member = keyof ObserveRule & string;

/** What a kind needs, what it may have, and what to write. */
const needs: Readonly<Record<ObserveRule["kind"], readonly (readonly [Member, advice: string])[]>> = {
  view: [["routes", "Say where: routes: [/books/*]."]],
  form: [["routes", "Say where it is posted to: routes: [/basket]."]],
  json: [
    ["routes", "Say where: routes: [/api/*]."],
    ["pointer", "Say which field: pointer: /order/total."],
  ],
  search: [
    ["routes", "Say where: routes: [/search]."],
    ["parameter", "Say which query parameter: parameter: q."],
  ],
  absence: [
    ["after", "Name the event that is followed: after: add_to_basket."],
    ["without", "Name the event that should come: without: order."],
    ["minutes", "Say how long it may take: minutes: 60."],
  ],
};

const mayHave: Readonly<Record<ObserveRule["kind"], readonly Member[]>> = {
  view: ["fields", "value", "item"],
  form: ["fields", "value"],
  json: [],
  search: ["fields", "value"],
  absence: [],
};

const always: readonly Member[] = ["description", "kind", "event"];

function ruleProblems(rule: ObserveRule, path: string): readonly Problem[] {
  const wanted = needs[rule.kind];
  const known = [...always, ...wanted.map(([member]) => member), ...mayHave[rule.kind]];
  const members = Object.keys(rule) as Member[];
  return [
    ...wanted
      .filter(([member]) => isEmpty(rule[member]))
      .map(([member, advice]) =>
        problem(`${path}/${member}`, `A rule of kind ${rule.kind} needs \`${member}\`.`, advice),
      ),
    ...members
      .filter((member) => !known.includes(member) && !isEmpty(rule[member]))
      .map((member) =>
        problem(`${path}/${member}`, `A rule of kind ${rule.kind} has no \`${member}\`.`, "Take it out."),
      ),
    ...rule.routes.flatMap((route, index) => routeProblems(route, `${path}/routes/${index}`)),
  ];
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === false || (typeof value === "object" && value !== null && Object.keys(value).length === 0);

function traitProblems({ kind, where, of, levels }: ComputedTrait, path: string): readonly Problem[] {
  const condition = where === null ? null : compileCondition<unknown>(where, { resolve: plainPaths });
  const looksAtValue = kind === "sum" || kind === "last" || kind === "distinct";
  return [
    ...(condition === null || condition.ok ? [] : below(`${path}/where`, condition.error)),
    ...(of !== null && !looksAtValue
      ? [problem(`${path}/of`, `A trait of kind ${kind} looks at no property.`, "Take `of` out.")]
      : []),
    ...(kind === "level" && (levels === null || Object.keys(levels).length === 0)
      ? [problem(`${path}/levels`, "A level needs `levels`.", "Write, for example, levels: { keen: 5, devoted: 20 }.")]
      : []),
    ...(kind !== "level" && levels !== null
      ? [problem(`${path}/levels`, `A trait of kind ${kind} has no levels.`, "Take them out, or write kind: level.")]
      : []),
  ];
}
