import type { Draft, Experience, Holdout, RoutePattern } from "../draft.ts";
import { canonicalJson, type Json } from "../json.ts";
import { type Problem, warning } from "../problem.ts";
import { conflictsIn } from "../rivals.ts";
import { at, ofExperiences } from "./each.ts";

/** Experiences that are switched on and yet nobody can get, each with what keeps everybody out. */
export const checkReachable = (draft: Draft): readonly Problem[] => [
  ...ofExperiences(draft, (experience, key) => (experience.enabled ? shutFor(experience, key, draft) : [])),
  ...outrankedAlways(draft),
];

function shutFor(experience: Experience, key: string, draft: Draft): readonly Problem[] {
  const path = at("experiences", key);
  const nobody = (where: string, why: string, advice: string) =>
    warning(`${path}${where}`, `Nobody can get "${key}": ${why}.`, advice);
  const { coverageBps, layer, prerequisites, routes, variants } = experience;
  const ownsNothing = variants.every(({ ranges, weightBps }) =>
    ranges === null ? weightBps === 0 : ranges.length === 0,
  );
  return [
    ...(coverageBps === 0 && variants.every(({ ranges }) => ranges === null)
      ? [nobody("/coverage", "its coverage is 0%", "Raise it, or switch the experience off: enabled: false.")]
      : []),
    ...(ownsNothing ? [nobody("/variants", "no variant has any weight", "Give them weights.")] : []),
    ...(layer?.ranges.every(([from, to]) => to <= from) === true
      ? [nobody("/layer", `it owns nothing of layer "${layer.key}"`, "Give it a share of the layer.")]
      : []),
    ...holdoutsOver(key, draft).map(([name]) =>
      nobody("", `holdout "${name}" keeps everybody out`, "Lower its coverage."),
    ),
    ...prerequisites.flatMap((required, index) => {
      const other = "experience" in required ? draft.experiences[required.experience] : undefined;
      return other === undefined || other.enabled || !("experience" in required)
        ? []
        : [
            nobody(
              at("prerequisites", index),
              `it requires "${required.experience}", which is switched off`,
              "Switch that on.",
            ),
          ];
    }),
    ...(routes.length > 0 && routes.every((route) => isPassed(route, draft))
      ? [nobody("/routes", "named routes with surface: pass cover all of its routes", "Take those out.")]
      : []),
  ];
}

const holdoutsOver = (key: string, { holdouts }: Draft): readonly (readonly [string, Holdout])[] =>
  Object.entries(holdouts).filter(
    ([, { scope, coverageBps }]) => coverageBps === 10_000 && (scope === null || scope.includes(key)),
  );

const isPassed = (route: RoutePattern, { routes }: Draft): boolean =>
  Object.values(routes).some(
    ({ surface, path, query }) =>
      surface === "pass" && path === route.path && canonicalJson(query) === canonicalJson(route.query),
  );

/** More of the same help nobody. */
const reportedAtMost = 20;

/** One that everybody gets, on every route of another that changes the same place and has less precedence. */
function outrankedAlways(draft: Draft): readonly Problem[] {
  const { experiences } = draft;
  const byPrecedence = Object.entries(experiences)
    .sort(([one, a], [other, b]) => b.priority - a.priority || (one < other ? -1 : 1))
    .map(([key]) => key);
  const told = new Set<string>();
  const isEnough = () => told.size >= reportedAtMost;
  return [...conflictsIn(draft, byPrecedence)].flatMap(({ winner, loser }) => {
    const [high, low] = [experiences[winner], experiences[loser]];
    if (high === undefined || low === undefined || told.has(loser) || isEnough()) return [];
    if (!high.enabled || !low.enabled || !takesAll(high, winner, draft) || !coversRoutes(high, low)) return [];
    told.add(loser);
    const message = `Nobody can get "${loser}": everybody gets "${winner}" on its routes, which changes the same place first.`;
    return [warning(at("experiences", loser), message, "Give it a higher priority, or the other an audience.")];
  });
}

const takesAll = (one: Experience, key: string, { holdouts }: Draft): boolean =>
  one.audience === null &&
  one.coverageBps === 10_000 &&
  one.layer === null &&
  one.namespace === null &&
  one.schedule === null &&
  one.filters.length + one.prerequisites.length === 0 &&
  one.variants.every(({ ranges }) => ranges === null) &&
  one.unit === "visitor" &&
  Object.values(holdouts).every(({ scope }) => scope !== null && !scope.includes(key));

const coversRoutes = (high: Experience, low: Experience): boolean =>
  low.routes.every((route) => high.routes.some((other) => textOf(other) === textOf(route)));

const textOf = (route: RoutePattern): string => canonicalJson({ ...route } as Json);
