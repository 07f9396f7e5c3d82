/** The middle of some figures; half-way between the two middle ones of an even number. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  const lower = sorted[Math.ceil(half) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * Measures contestants in turns: in each round everybody once, and each round begins with another, so that what befalls
 * the machine befalls all alike.
 *
 * @returns every figure of each contestant, in the order of `contestants`.
 */
export async function inRounds<T, Figure>(
  contestants: readonly T[],
  rounds: number,
  measure: (contestant: T) => Figure | Promise<Figure>,
): Promise<Figure[][]> {
  const figures: Figure[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const at = (round + turn) % contestants.length;
      const contestant = contestants[at];
      if (contestant !== undefined) figures[at]?.push(await measure(contestant));
    }
  }
  return figures;
}
