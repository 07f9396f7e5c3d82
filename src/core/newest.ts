/**
 * The `most` greatest entries by time, then by name, ascending. The same for any order of arrival: what is left out stays left
 * out, since what stands above it is never forgotten for less.
 */
export function newest<T extends readonly [number, string]>(entries: readonly T[], most: number): readonly T[] {
  const sorted = [...entries].sort(([one, a], [other, b]) => one - other || (a < b ? -1 : 1));
  return sorted.slice(-most);
}
