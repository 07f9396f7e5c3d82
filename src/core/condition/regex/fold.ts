import { type CharSet, contains, lastUnit, unionOf } from "./charset.ts";

const firstBeyondAscii = 128;

/** ECMA-262's Canonicalize without the `u` flag: upper case, when that is one unit and does not fall into ASCII. */
function canonicalOf(unit: number): number {
  const upper = String.fromCharCode(unit).toUpperCase();
  if (upper.length !== 1) return unit;
  const code = upper.charCodeAt(0);
  return unit >= firstBeyondAscii && code < firstBeyondAscii ? unit : code;
}

/**
 * Groups of units beyond ASCII that are one letter when case is ignored. Costs some milliseconds, so it is made when the
 * first pattern asks for it: one that ignores case and names letters beyond ASCII.
 */
let families: readonly (readonly number[])[] | null = null;

function familiesBeyondAscii(): readonly (readonly number[])[] {
  if (families) return families;
  const byCanonical = new Map<number, number[]>();
  for (let unit = firstBeyondAscii; unit <= lastUnit; unit++) {
    const canonical = canonicalOf(unit);
    const family = byCanonical.get(canonical);
    if (family) family.push(unit);
    else byCanonical.set(canonical, [unit]);
  }
  families = [...byCanonical.values()].filter((family) => family.length > 1);
  return families;
}

/** `set` with every unit that JavaScript's `i` flag takes for one of its members. */
export function ignoringCase(set: CharSet): CharSet {
  const more: number[][] = [];
  for (let upper = 65; upper <= 90; upper++) {
    const lower = upper + 32;
    if (contains(set, upper) !== contains(set, lower)) more.push([upper, upper], [lower, lower]);
  }
  if (touchesPartBeyondAscii(set)) {
    for (const family of familiesBeyondAscii()) {
      if (family.some((unit) => contains(set, unit))) more.push(...family.map((unit) => [unit, unit]));
    }
  }
  return more.length === 0 ? set : unionOf([set, ...more]);
}

/** Only a part of what lies beyond ASCII can lack a member's other case: all or nothing of it is complete. */
function touchesPartBeyondAscii(set: CharSet): boolean {
  const end = set[set.length - 1];
  if (end === undefined || end < firstBeyondAscii) return false;
  const start = set[set.length - 2];
  return !(end === lastUnit && start !== undefined && start <= firstBeyondAscii);
}
