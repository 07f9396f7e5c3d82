import { fc, test } from "@fast-check/vitest";
import { describe, it } from "vitest";
import {
  allIn,
  joined,
  placed,
  type RangeMap,
  rangeOf,
  type Span,
  spansOf,
  without,
} from "../../src/core/visitor-ranges.ts";

const id = fc.stringMatching(/^[\w-]{0,3}$/);
const span = fc
  .tuple(id, fc.option(id))
  .filter(([start, until]) => until === null || start < until)
  .map(([start, until]): Span => ({ start, until }));
const databases = fc.constantFrom("VISITORS", "VISITORS_1", "VISITORS_2");
const changes = fc.array(fc.tuple(span, databases, fc.boolean()), { maxLength: 8 });

const mapAfter = (list: readonly (readonly [Span, string, boolean])[]): RangeMap =>
  list.reduce<RangeMap>(
    (map, [where, database, isMoving]) => placed(map, where, database, isMoving),
    allIn("VISITORS"),
  );

const covers = ({ start, until }: Span, visitor: string): boolean =>
  visitor >= start && (until === null || visitor < until);

describe("the map of visitors", () => {
  test.prop([changes, span, databases, id])(
    "changes for those of a span and for nobody else",
    (list, where, database, visitor) => {
      const before = mapAfter(list);
      const after = rangeOf(placed(before, where, database, true), visitor);
      const standing = rangeOf(before, visitor);
      const expected = covers(where, visitor) ? { database, isMoving: true } : standing;
      return after.database === expected.database && after.isMoving === expected.isMoving;
    },
  );

  test.prop([changes])("begins with everybody, ascends, and says nothing twice", (list) => {
    const map = mapAfter(list);
    const isFine = map.slice(1).every((range, at) => {
      const before = map[at];
      return (
        before &&
        before.start < range.start &&
        (before.database !== range.database || before.isMoving !== range.isMoving)
      );
    });
    return map[0]?.start === "" && isFine;
  });

  test.prop([changes, databases, id])("tells the spans of a database", (list, database, visitor) => {
    const map = mapAfter(list);
    const isIn = spansOf(map, database).some((one) => covers(one, visitor));
    return isIn === (rangeOf(map, visitor).database === database);
  });

  it("everybody is in the first database as long as nothing was moved", ({ expect }) => {
    expect(rangeOf(allIn("VISITORS"), "anybody")).toEqual({ start: "", database: "VISITORS", isMoving: false });
  });
});

describe("spans", () => {
  const spans = fc.array(span, { maxLength: 6 }).map((list) => list.reduce<Span[]>((all, one) => joined(all, one), []));

  test.prop([spans, span, id])("joined, cover what either covers", (list, one, visitor) => {
    const isCovered = list.some((each) => covers(each, visitor)) || covers(one, visitor);
    return joined(list, one).some((each) => covers(each, visitor)) === isCovered;
  });

  test.prop([spans, span, id])("without one, cover what it does not", (list, one, visitor) => {
    const isCovered = list.some((each) => covers(each, visitor)) && !covers(one, visitor);
    return without(list, one).some((each) => covers(each, visitor)) === isCovered;
  });
});
