/**
 * The word among `known` that someone who wrote `word` most likely meant, or `null` when none is near.
 *
 * Near means: at most a third of the letters differ (Damerau-Levenshtein distance, adjacent swaps count once), case and
 * `-`, `_` aside.
 */
export function closest(word: string, known: Iterable<string>): string | null {
  const wanted = plain(word).slice(0, longestCompared);
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > bestDistance + 2) continue;
    const distance = distanceOf(wanted, plain(candidate).slice(0, longestCompared));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `Did you mean "x"?`, or what there is to choose from, or `otherwise` when there is nothing. */
export function suggest(word: string, known: readonly string[], otherwise: string): string {
  const near = closest(word, known);
  if (near !== null) return `Did you mean "${near}"?`;
  if (known.length === 0) return otherwise;
  const shown = known.slice(0, 12).map((name) => `"${name}"`);
  return `Known are ${shown.join(", ")}${known.length > 12 ? " and others" : ""}.`;
}

/** Keys have 64 characters; a longer word is cut so that a hostile one costs nothing. */
const longestCompared = 64;

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, "");

/** Optimal string alignment distance, row by row. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + cost);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      current.push(least);
    }
    [before, above] = [above, current];
  }
  return above[b.length] ?? 0;
}
