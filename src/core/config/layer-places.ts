import type * as z from "zod";
import type { Experience, Range } from "../draft.ts";
import type { Bps } from "../ids.ts";
import { canonicalJson, type Json } from "../json.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { either, entity, reference } from "./fields.ts";
import { shareField } from "./share.ts";
import { equalShares, rangesField } from "./variant.ts";

/**
 * An experience's places in its layer, which has 10 000.
 *
 * Explicit `ranges` are taken as they are. Then those with a `share` and, after them, those that only name the layer
 * take the lowest free places, in the order of their keys; the latter split what is left equally. So the file alone
 * says who owns what; adding an experience that only names the layer makes the others' places smaller.
 */
export const layerUse = either(
  "Its layer: within one layer, a visitor gets at most one experience.",
  "a layer's key or a mapping",
  "home",
  [
    reference("A layer: what is left of it is split equally among those who only name it.", "home"),
    entity("A layer, and the part of it that this experience owns.", {
      key: reference("The layer.", "home"),
      share: shareField("Its share of the layer's visitors.", "30%").optional(),
      ranges: rangesField("Its places, in basis points.").optional(),
    }),
  ],
);

export type LayerUse = z.output<typeof layerUse>;

interface Claim {
  readonly experience: string;
  readonly ranges: readonly Range[] | null;
  readonly shareBps: Bps | null;
}

/** How a layer was spelt: `equal` when naming it gives every member the places it has. */
export type LayerPlace = "equal" | "explicit";

export const layerKeyOf = (use: LayerUse): string => (typeof use === "string" ? use : use.key);

const claimOf = (experience: string, use: LayerUse): Claim => {
  if (typeof use === "string") return { experience, ranges: null, shareBps: null };
  const ranges = (use.ranges as readonly Range[] | undefined) ?? null;
  return { experience, ranges, shareBps: ranges === null ? (use.share ?? null) : null };
};

/** The ranges of every experience of one layer, or what stands in the way. */
export function placesIn(
  layer: string,
  uses: readonly (readonly [experience: string, use: LayerUse])[],
): { readonly ranges: ReadonlyMap<string, readonly Range[]>; readonly problems: readonly Problem[] } {
  const claims = uses.map(([key, use]) => claimOf(key, use)).sort((a, b) => (a.experience < b.experience ? -1 : 1));
  const fixed = claims.filter((claim) => claim.ranges !== null);
  const shared = claims.filter((claim) => claim.shareBps !== null);
  const rest = claims.filter((claim) => claim.ranges === null && claim.shareBps === null);
  const free = freePlaces(fixed.flatMap((claim) => claim.ranges ?? []));
  const wanted = shared.reduce((sum, claim) => sum + (claim.shareBps ?? 0), 0);
  const left = lengthOf(free) - wanted;
  if (left < 0 || (rest.length > left && rest.length > 0))
    return { ranges: new Map(), problems: [overfull(layer, uses)] };
  const equal = equalShares(rest.length, left);
  const ranges = new Map(fixed.map((claim) => [claim.experience, claim.ranges ?? []]));
  let remaining = free;
  const take = (experience: string, lengthBps: Bps) => {
    const cut = cutFrom(remaining, lengthBps);
    ranges.set(experience, cut.taken);
    remaining = cut.left;
  };
  for (const claim of shared) take(claim.experience, claim.shareBps ?? 0);
  rest.forEach((claim, index) => void take(claim.experience, equal[index] ?? 0));
  return { ranges, problems: [] };
}

const overfull = (layer: string, uses: readonly (readonly [string, LayerUse])[]): Problem =>
  problem(
    pointerOf("experiences", uses.at(-1)?.[0] ?? "", "layer"),
    `The experiences of layer "${layer}" want more than 100% of it.`,
    `Make the shares and ranges of ${uses
      .map(([key]) => `"${key}"`)
      .slice(0, 12)
      .join(", ")} fit into 100%.`,
  );

const lengthOf = (ranges: readonly Range[]): Bps => ranges.reduce((sum, [from, to]) => sum + (to - from), 0);

/** What ranges leave of 0 … 10 000, ascending. Ranges that overlap or are empty do no harm here. */
function freePlaces(taken: readonly Range[]): readonly Range[] {
  const free: Range[] = [];
  let at = 0;
  for (const [from, to] of [...taken].sort((a, b) => a[0] - b[0])) {
    if (from > at) free.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < 10_000) free.push([at, 10_000]);
  return free;
}

function cutFrom(free: readonly Range[], lengthBps: Bps): { readonly taken: Range[]; readonly left: Range[] } {
  const taken: Range[] = [];
  const left: Range[] = [];
  let missing = lengthBps;
  for (const [from, to] of free) {
    const middle = Math.min(to, from + missing);
    if (middle > from) taken.push([from, middle]);
    if (middle < to) left.push([middle, to]);
    missing -= middle - from;
  }
  return { taken, left };
}

/** For each layer, whether its members' ranges are what naming it would give. */
export function layerPlaces(experiences: Readonly<Record<string, Experience>>): ReadonlyMap<string, LayerPlace> {
  const members = new Map<string, [string, readonly Range[]][]>();
  for (const [key, { layer }] of Object.entries(experiences)) {
    if (layer === null) continue;
    members.set(layer.key, [...(members.get(layer.key) ?? []), [key, layer.ranges]]);
  }
  return new Map([...members].map(([layer, owned]) => [layer, placeOf(layer, owned)]));
}

function placeOf(layer: string, owned: readonly (readonly [string, readonly Range[]])[]): LayerPlace {
  const { ranges } = placesIn(
    layer,
    owned.map(([key]) => [key, layer] as const),
  );
  const isEqual = owned.every(([key, has]) => canonicalJson(has) === canonicalJson(ranges.get(key) ?? null));
  return isEqual ? "equal" : "explicit";
}

/** The bare name where it says everything, a share where one range can't be told from it, else the ranges. */
export function exportLayerUse({ key, ranges }: NonNullable<Experience["layer"]>, place: LayerPlace): Json {
  return place === "equal" ? key : { key, ranges };
}
