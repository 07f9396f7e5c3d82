/**
 * Packs items into as few consecutive runs as a bound allows, in their order.
 *
 * @param size of one item, in the unit of `most`. An item larger than `most` gets a run of its own.
 * @param count how many items a run may hold.
 */
export function packed<T>(items: readonly T[], size: (item: T) => number, most: number, count = Infinity): T[][] {
  const runs: T[][] = [];
  let filled = 0;
  for (const item of items) {
    const run = runs.at(-1);
    const added = size(item);
    if (run === undefined || run.length >= count || filled + added > most) {
      runs.push([item]);
      filled = added;
    } else {
      run.push(item);
      filled += added;
    }
  }
  return runs;
}
