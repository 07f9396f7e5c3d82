import { owns } from "../allocation.ts";
import type { Draft, Experience } from "../draft.ts";
import { holdbackArm } from "../experience.ts";
import { type Arm, type Dimension, dimensionsOf, isArm, type Standing, together } from "./standing.ts";

/**
 * How many visitors a change of an experience moves, as shares from 0 to 1 of those whom its audience, routes and schedule let
 * in. Counted over the 10 000 buckets of each hash, so it is exact as far as hashes spread evenly.
 */
export interface Movement {
  /** In an arm before. */
  readonly enrolled: number;
  /** In an arm before and in another after. */
  readonly switches: number;
  /** In an arm before and in none after. */
  readonly leaves: number;
  /** In none before and in one after. */
  readonly enters: number;
  /** What becomes of those who were enrolled before when the experience is sticky. */
  readonly ifSticky: { readonly switches: number; readonly leaves: number };
}

/** One kind of visitor: how they stand before and after, and how many they are. */
interface Cell {
  readonly before: Standing;
  readonly after: Standing;
  readonly share: number;
}

/** An experience as one draft has it; switched off, or not there, it has nobody. */
interface Side {
  readonly experience: Experience | null;
  readonly dimensions: readonly Dimension[];
}

/** Computes how visitors of the experience move between two drafts. */
export function movementOf(key: string, before: Draft, after: Draft): Movement {
  const [from, to] = [sideOf(key, before), sideOf(key, after)];
  const cells = cellsOf(from, to);
  const sum = (counts: (cell: Cell) => boolean): number =>
    cells.reduce((total, cell) => (counts(cell) ? total + cell.share : total), 0);
  const stays = stayer(from.experience, to.experience);
  const blocked = isBlocked(from.experience, to.experience);
  return {
    enrolled: sum((cell) => isArm(cell.before)),
    switches: sum(isSwitch),
    leaves: sum((cell) => isArm(cell.before) && !isArm(cell.after)),
    enters: sum((cell) => !isArm(cell.before) && isArm(cell.after)),
    ifSticky: {
      switches: sum((cell) => isSwitch(cell) && !stays(cell) && !blocked(cell)),
      leaves: sum((cell) => isArm(cell.before) && ((!isArm(cell.after) && !stays(cell)) || blocked(cell))),
    },
  };
}

const isSwitch = ({ before, after }: Cell): boolean => isArm(before) && isArm(after) && before.arm !== after.arm;

function sideOf(key: string, draft: Draft): Side {
  const experience = Object.hasOwn(draft.experiences, key) ? draft.experiences[key] : undefined;
  if (experience?.enabled !== true) return { experience: null, dimensions: [] };
  return { experience, dimensions: dimensionsOf(key, experience, draft) };
}

/** Who was enrolled keeps the arm, as long as it is there and this is the version that enrolled them (`stickyGate`). */
function stayer(before: Experience | null, after: Experience | null): (cell: Cell) => boolean {
  if (after === null || before?.version !== after.version || after.version < after.minVersion) return () => false;
  const arms = new Set(after.variants.map(({ key }) => key));
  return (cell) => isArm(cell.before) && arms.has(cell.before.arm) && cell.after !== "out";
}

/** Who was enrolled by a version below `minVersion` is kept out. */
function isBlocked(before: Experience | null, after: Experience | null): (cell: Cell) => boolean {
  if (before === null || after === null || before.version >= after.minVersion) return () => false;
  return (cell) => isArm(cell.before) && cell.before.arm !== holdbackArm && cell.after !== "out";
}

/** Each hash alone splits visitors into cells; hashes are independent of one another, so cells of several multiply. */
function cellsOf(from: Side, to: Side): readonly Cell[] {
  const hashes = [...new Set([...from.dimensions, ...to.dimensions].map(({ hash }) => hash))];
  const nobody = (side: Side): Standing => (side.experience === null ? "out" : "pass");
  let cells: readonly Cell[] = [{ before: nobody(from), after: nobody(to), share: 1 }];
  for (const hash of hashes) {
    const withHash = ({ dimensions }: Side) => dimensions.filter((dimension) => dimension.hash === hash);
    cells = multiplied(cells, cellsOfHash(withHash(from), withHash(to)));
  }
  return cells;
}

function cellsOfHash(before: readonly Dimension[], after: readonly Dimension[]): readonly Cell[] {
  const all = [...before, ...after];
  const step = all[0]?.step ?? 1;
  const bounds = all.flatMap(({ parts }) => parts.flatMap(({ ranges }) => ranges.flat()));
  // A range owns the whole places from its beginning up to its end, which may lie between two.
  const places = [0, 10_000, ...bounds].map((bound) => Math.ceil(bound / step) * step);
  const edges = [...new Set(places)].filter((place) => place >= 0 && place <= 10_000).sort((a, b) => a - b);
  const cells = edges.slice(1).map((to, index): Cell => {
    const bucket = edges[index] ?? 0;
    const said = (dimensions: readonly Dimension[]) =>
      dimensions.reduce<Standing>((standing, dimension) => together(standing, standingAt(dimension, bucket)), "pass");
    return { before: said(before), after: said(after), share: (to - bucket) / 10_000 };
  });
  return merged(cells);
}

const standingAt = ({ parts, otherwise }: Dimension, bucket: number): Standing =>
  parts.find(({ ranges }) => owns(ranges, bucket))?.gives ?? otherwise;

const multiplied = (some: readonly Cell[], others: readonly Cell[]): readonly Cell[] =>
  merged(
    some.flatMap((one) =>
      others.map((other) => ({
        before: together(one.before, other.before),
        after: together(one.after, other.after),
        share: one.share * other.share,
      })),
    ),
  );

/** Cells that stand the same are one, so that their number stays that of the arms. */
function merged(cells: readonly Cell[]): readonly Cell[] {
  const byStanding = new Map<string, Cell>();
  for (const cell of cells) {
    const name = `${nameOf(cell.before)}\n${nameOf(cell.after)}`;
    byStanding.set(name, { ...cell, share: cell.share + (byStanding.get(name)?.share ?? 0) });
  }
  return [...byStanding.values()];
}

const nameOf = (standing: Standing): string => (isArm(standing) ? `=${(standing satisfies Arm).arm}` : standing);
