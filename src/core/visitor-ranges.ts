/** Visitors whose ids are at or after `start` and before `until`, as texts compare; `null`: to the end. */
export interface Span {
  readonly start: string;
  readonly until: string | null;
}

/** From `start` on, as far as the next one's, visitors are in this database. */
export interface VisitorRange {
  readonly start: string;
  readonly database: string;
  /** They are on their way to another database: nothing of theirs may be written now. */
  readonly isMoving: boolean;
}

/**
 * Which visitor is in which database: ascending, the first from the empty text on, so that everybody is somewhere.
 *
 * Ranges of ids rather than hashes: ids are 132 random bits, so a range is as even as a hash of them, and unlike a hash it can
 * be read in the order of every table's key. See docs/decisions/013-ranges-of-visitors.md.
 */
export type RangeMap = readonly VisitorRange[];

/** Everybody in one database. */
export const allIn = (database: string): RangeMap => [{ start: "", database, isMoving: false }];

/** The range that a visitor is in. @throws for a map that does not begin with the empty text, which nobody writes. */
export function rangeOf(map: RangeMap, visitor: string): VisitorRange {
  const found = map.findLast(({ start }) => start <= visitor);
  if (found === undefined) throw new Error("The map of visitors has a hole at its beginning");
  return found;
}

/** The spans that a database holds, ascending. */
export const spansOf = (map: RangeMap, database: string): Span[] =>
  map.flatMap((range, at) =>
    range.database === database ? [{ start: range.start, until: map[at + 1]?.start ?? null }] : [],
  );

/** The map after the visitors of a span are said to be somewhere. Neighbours that say the same become one. */
export function placed(map: RangeMap, span: Span, database: string, isMoving: boolean): RangeMap {
  const after = span.until === null ? [] : [{ ...rangeOf(map, span.until), start: span.until }];
  const changed = [
    ...map.filter(({ start }) => start < span.start),
    { start: span.start, database, isMoving },
    ...after,
    ...map.filter(({ start }) => span.until !== null && start > span.until),
  ];
  return changed.filter((range, at) => {
    const before = changed[at - 1];
    return before?.database !== range.database || before.isMoving !== range.isMoving;
  });
}

/** All that one of the spans covers, or the given one: as few as say it, ascending. */
export function joined(spans: readonly Span[], span: Span): Span[] {
  const merged: Span[] = [];
  for (const next of [...spans, span].toSorted((one, other) => compare(one.start, other.start))) {
    const last = merged.at(-1);
    if (last === undefined || (last.until !== null && last.until < next.start)) merged.push(next);
    else merged[merged.length - 1] = { start: last.start, until: later(last.until, next.until) };
  }
  return merged;
}

/** What the spans cover without the given one. */
export const without = (spans: readonly Span[], { start, until }: Span): Span[] =>
  spans.flatMap((span) => {
    const before = { start: span.start, until: span.until === null || span.until > start ? start : span.until };
    const after = until === null ? null : { start: span.start > until ? span.start : until, until: span.until };
    return [before, ...(after === null ? [] : [after])].filter(isSome);
  });

const isSome = ({ start, until }: Span): boolean => until === null || start < until;

const later = (one: string | null, other: string | null): string | null =>
  one === null || other === null ? null : one > other ? one : other;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
