import type { Draft, Experience, Range } from "../draft.ts";
import type { Bps } from "../ids.ts";
import { type Problem, problem } from "../problem.ts";
import { at, ofExperiences } from "./each.ts";

/** Who enters and how they are split: arms, weights, ranges, layers, versions. */
export const checkAllocation = (draft: Draft): readonly Problem[] => [
  ...ofExperiences(draft, (experience, key) => {
    const path = at("experiences", key);
    return [
      ...armsOf(experience, path),
      ...weightsOf(experience, path),
      ...rangesOf(experience, path),
      ...holdbackOf(experience, path),
      ...versionsOf(experience, path),
    ];
  }),
  ...layersOf(draft),
];

const percent = (bps: Bps): string => `${bps / 100}%`;

function armsOf({ kind, variants }: Experience, path: string): readonly Problem[] {
  const here = `${path}/variants`;
  if (variants.length === 0)
    return [problem(here, "The experience has no variants.", "Add one, such as { on: { operations: [...] } }.")];
  const compares = kind === "experiment" || kind === "bandit";
  return compares && variants.length < 2
    ? [
        problem(
          here,
          `With one variant, ${kind === "bandit" ? "a bandit" : "an experiment"} has nothing to compare.`,
          "Add a `control`, or write `kind: personalization` or `kind: rollout`.",
        ),
      ]
    : [];
}

function weightsOf({ variants }: Experience, path: string): readonly Problem[] {
  if (variants.length === 0 || variants.some(({ ranges }) => ranges !== null)) return [];
  const strange = variants.filter(({ weightBps }) => !isShare(weightBps));
  if (strange.length > 0)
    return strange.map(({ key }) =>
      problem(`${path}${at("variants", key, "weight")}`, "The weight is no share.", "Write 0% to 100%."),
    );
  const sum = variants.reduce((total, { weightBps }) => total + weightBps, 0);
  if (sum === 10_000) return [];
  const last = variants.at(-1);
  const mended = (last?.weightBps ?? 0) + 10_000 - sum;
  const advice =
    last !== undefined && mended >= 0 ? `For example, give "${last.key}" ${percent(mended)}.` : "Lower some of them.";
  return [problem(`${path}/variants`, `The weights add up to ${percent(sum)}, not to 100%.`, advice)];
}

const isShare = (bps: Bps): boolean => Number.isInteger(bps) && bps >= 0 && bps <= 10_000;

/** Ranges lie in order within 0 … 10 000, and no place belongs to two. */
function rangesOf({ variants, coverageBps }: Experience, path: string): readonly Problem[] {
  const ranged = variants.filter(({ ranges }) => ranges !== null);
  if (ranged.length === 0) return [];
  const lacking = variants.filter(({ ranges }) => ranges === null);
  const owned = ranged.flatMap(({ key, ranges }) => (ranges ?? []).map((range) => ({ owner: key, range })));
  return [
    ...lacking.map(({ key }) =>
      problem(
        `${path}${at("variants", key)}`,
        "Other variants have ranges; this one has none.",
        "Add `ranges` to all.",
      ),
    ),
    ...malformed(owned, (owner) => `${path}${at("variants", owner, "ranges")}`),
    ...overlaps(owned, (owner) => `${path}${at("variants", owner, "ranges")}`),
    ...(coverageBps === 10_000
      ? []
      : [problem(`${path}/coverage`, "`ranges` say who enters, so coverage has no effect.", "Take `coverage` out.")]),
  ];
}

interface Owned {
  readonly owner: string;
  readonly range: Range;
}

const malformed = (owned: readonly Owned[], pathOf: (owner: string) => string): readonly Problem[] =>
  owned
    .filter(({ range: [from, to] }) => !(isShare(from) && isShare(to) && from <= to))
    .map(({ owner, range: [from, to] }) =>
      problem(pathOf(owner), `[${from}, ${to}] is no range.`, "Write [from, to) with 0 ≤ from ≤ to ≤ 10000."),
    );

function overlaps(owned: readonly Owned[], pathOf: (owner: string) => string): readonly Problem[] {
  const sorted = owned.filter(({ range: [from, to] }) => to > from).sort((a, b) => a.range[0] - b.range[0]);
  return sorted.flatMap((each, index) => {
    const before = sorted[index - 1];
    if (before === undefined || before.range[1] <= each.range[0]) return [];
    const whose = before.owner === each.owner ? "its own" : `"${before.owner}"'s`;
    const message = `[${each.range.join(", ")}] of "${each.owner}" overlaps ${whose} [${before.range.join(", ")}].`;
    return [problem(pathOf(each.owner), message, `Begin it at ${before.range[1]}.`)];
  });
}

function holdbackOf({ kind, holdbackBps }: Experience, path: string): readonly Problem[] {
  if (holdbackBps === 0 || kind === "personalization") return [];
  return [
    problem(
      `${path}/holdback`,
      `Only a personalization has a holdback, not a ${kind}.`,
      "Use a `control` variant instead.",
    ),
  ];
}

function versionsOf({ version, minVersion }: Experience, path: string): readonly Problem[] {
  if (minVersion <= version) return [];
  const message = `\`minVersion\` ${minVersion} is above \`version\` ${version}: nobody could enter.`;
  return [problem(`${path}/minVersion`, message, `Write version: ${minVersion}.`)];
}

/** Experiences of one layer share no place, or they would not exclude one another. */
function layersOf({ experiences }: Draft): readonly Problem[] {
  const owned = new Map<string, Owned[]>();
  for (const [owner, { layer }] of Object.entries(experiences)) {
    if (layer === null) continue;
    owned.set(layer.key, [...(owned.get(layer.key) ?? []), ...layer.ranges.map((range) => ({ owner, range }))]);
  }
  const pathOf = (owner: string) => at("experiences", owner, "layer", "ranges");
  return [...owned.values()].flatMap((ranges) => [...malformed(ranges, pathOf), ...overlaps(ranges, pathOf)]);
}
