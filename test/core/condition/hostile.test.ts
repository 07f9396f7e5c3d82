import { describe, it } from "vitest";
import { compileCondition, compileLeniently } from "../../../src/core/condition/compile.ts";
import type { Groups } from "../../../src/core/condition/groups.ts";
import { conditionLimits } from "../../../src/core/condition/limits.ts";
import { plainPaths } from "../../../src/core/condition/paths.ts";

const nested = (depth: number, wrap: (inner: unknown) => unknown, core: unknown): unknown => {
  let value = core;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
};
const problemOf = (condition: unknown, limits = {}, groups: Groups = {}): string | null => {
  const compiled = compileCondition(condition, { resolve: plainPaths, limits, groups });
  return compiled.ok ? null : (compiled.error[0]?.message ?? "");
};
const holds = (condition: unknown, attributes: unknown, groups: Groups = {}): boolean =>
  compileLeniently(condition, { resolve: plainPaths, groups }).test(attributes);

const megabyte = "x".repeat(1 << 20);
const wraps: readonly (readonly [string, (inner: unknown) => unknown])[] = [
  ["$not", (inner) => ({ $not: inner })],
  ["$and", (inner) => ({ $and: [inner] })],
  ["objects", (inner) => ({ a: inner })],
  ["lists", (inner) => [inner]],
];

describe("a condition nested 10 000 deep", () => {
  it.for(wraps)("is an error on save, and false at the edge: %s", ([, wrap], { expect }) => {
    for (const depth of [10_000, 10_001]) {
      const condition = { a: nested(depth, wrap, { a: 1 }), ...(nested(depth, wrap, { a: 1 }) as object) };
      expect(problemOf(condition)).toContain("nested more than 64 deep");
      expect(holds(condition, { a: 1 })).toBe(false);
    }
  });

  it("is taken up to the limit", ({ expect }) => {
    const { maxDepth } = conditionLimits;
    const deep = (depth: number) => nested(depth, (inner) => ({ $not: inner }), { a: 1 });
    expect(problemOf(deep(maxDepth - 1))).toBe(null);
    expect(problemOf(deep(maxDepth))).toBe(null);
    expect(problemOf(deep(maxDepth + 1))).toContain("deep");
    expect(holds(deep(maxDepth), { a: 1 })).toBe(true);
    expect(holds(deep(maxDepth + 2), { a: 1 })).toBe(false);
  });
});

describe("a limit", () => {
  it("holds for the number of values", ({ expect }) => {
    const limits = { maxValues: 5 }; // the condition, the object of operators, the list and its members
    expect(problemOf({ a: { $in: [1] } }, limits)).toBe(null);
    expect(problemOf({ a: { $in: [1, 2] } }, limits)).toBe(null);
    expect(problemOf({ a: { $in: [1, 2, 3] } }, limits)).toContain("more than 5 values");
  });

  it("holds for one text, one key and all together", ({ expect }) => {
    const { maxTextUnits } = conditionLimits;
    expect(problemOf({ a: "x".repeat(maxTextUnits) })).toBe(null);
    expect(problemOf({ a: "x".repeat(maxTextUnits + 1) })).toContain("too long");
    expect(problemOf({ ["x".repeat(maxTextUnits + 1)]: 1 })).toContain("too long");
    expect(problemOf({ a: "12345", b: "123" }, { maxAllTextUnits: 10 })).toBe(null);
    expect(problemOf({ a: "12345", b: "1234" }, { maxAllTextUnits: 10 })).toContain("too long together");
  });

  it("holds for saved groups within saved groups", ({ expect }) => {
    const chain = (length: number): Groups => ({
      g0: { type: "condition", condition: { a: 1 } },
      ...Object.fromEntries(
        Array.from({ length }, (_, i) => [
          `g${i + 1}`,
          {
            type: "condition",
            condition: { $and: Array.from({ length: 3 }, () => ({ $savedGroup: { id: `g${i}` } })) },
          },
        ]),
      ),
    });
    expect(problemOf({ $savedGroup: { id: "g3" } }, {}, chain(3))).toBe(null);
    expect(problemOf({ $savedGroup: { id: "g40" } }, {}, chain(40))).toContain("too large");
    expect(holds({ $savedGroup: { id: "g3" } }, { a: 1 }, chain(3))).toBe(true);
    expect(holds({ $savedGroup: { id: "g40" } }, { a: 1 }, chain(40))).toBe(false);
    expect(holds({ $not: { $savedGroup: { id: "g40" } } }, { a: 1 }, chain(40))).toBe(false);
  });
});

describe("a hostile condition", () => {
  it("of 1 MB of text is an error on save, and false at the edge", ({ expect }) => {
    for (const condition of [
      { a: megabyte },
      { [megabyte]: 1 },
      { a: { $in: [megabyte] } },
      { a: { $regex: megabyte } },
    ]) {
      expect(problemOf(condition)).toContain("too long");
      expect(holds(condition, { a: megabyte })).toBe(false);
    }
  });

  it("pollutes nothing, and reaches no prototype", ({ expect }) => {
    const condition = JSON.parse('{"__proto__": {"$exists": true}, "a": {"__proto__": {"polluted": true}}}');
    expect(holds(condition, { a: 1 })).toBe(false);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    for (const path of ["__proto__", "constructor", "a.__proto__", "a.constructor.prototype", "tags.map", "toString"]) {
      expect(holds({ [path]: { $exists: true } }, { a: {}, tags: [] }), path).toBe(false);
    }
    expect(holds({ a: { ["__proto__"]: 1, constructor: { $eq: 1 } } }, { a: 1 })).toBe(false);
    expect(holds({ a: { $constructor: 1, $toString: 1 } }, { a: 1 })).toBe(false);
  });

  it("with NaN in it means what it means to GrowthBook", ({ expect }) => {
    const attributes = { a: Number.NaN };
    expect(holds({ a: { $in: [Number.NaN] } }, attributes)).toBe(true);
    for (const condition of [{ a: Number.NaN }, { a: { $eq: Number.NaN } }, { a: { $ini: [Number.NaN] } }]) {
      expect(holds(condition, attributes)).toBe(false);
    }
  });

  it("of anything but JSON never throws", ({ expect }) => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const odd = [undefined, null, 1, "x", Number.NaN, 1n, Symbol("s"), () => true, circular, [circular], { a: 1n }];
    for (const value of odd) {
      for (const condition of [
        value,
        { a: value },
        { a: { $eq: value } },
        { $and: value },
        { $not: value },
        { a: { $in: [value] } },
      ]) {
        expect(typeof compileCondition(condition, { resolve: plainPaths }).ok).toBe("boolean");
        expect(typeof holds(condition, { a: 2 })).toBe("boolean");
      }
    }
  });
});

describe("hostile attributes", () => {
  const unspeakable = JSON.parse('{"toString": 1, "valueOf": 2}');
  const deepList = nested(10_000, (inner) => [inner], 1);
  const deepObject = nested(10_000, (inner) => ({ a: inner }), 1);
  const values = [
    megabyte,
    unspeakable,
    deepList,
    deepObject,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "\ud800",
    7n,
    Symbol("s"),
    {},
    [],
  ];
  const conditions: readonly object[] = [
    { a: "x" },
    { a: 1 },
    { a: { b: 1 } },
    { a: [1] },
    { a: [[1]] },
    { a: { a: 1 } },
    { a: { $lt: 1 } },
    { a: { $lt: "" } },
    { a: { $regex: "^y|z+z$" } },
    { a: { $notRegex: "y*$" } },
    { a: { $veq: "1.2.3" } },
    { a: { $vne: "0" } },
    { a: { $ini: ["q"] } },
    { a: { $alli: ["q"] } },
    { a: { $elemMatch: { $eq: 5 } } },
    { a: { $size: 7 } },
    { "a.a.a.a": 2 },
  ];

  it("never throw, and are plainly false", ({ expect }) => {
    for (const value of values) {
      for (const condition of conditions) {
        const answer = holds(condition, { a: value });
        const isNegative =
          "$vne" in Object(Object.values(condition)[0]) || "$notRegex" in Object(Object.values(condition)[0]);
        if (!isNegative && value !== megabyte && !Array.isArray(value))
          expect([answer, condition]).toEqual([false, condition]);
        expect(typeof answer).toBe("boolean");
      }
    }
  });

  it("that are too long for a pattern or a version are false either way round", ({ expect }) => {
    for (const condition of [
      { a: { $notRegex: "y" } },
      { a: { $regex: "x" } },
      { a: { $vne: "1" } },
      { a: { $vgt: "1" } },
    ]) {
      expect(holds(condition, { a: megabyte })).toBe(false);
    }
  });

  it("that can't be turned into text make the whole condition false, a $not above it, too", ({ expect }) => {
    expect(holds({ $not: { a: "x" } }, { a: unspeakable })).toBe(false);
    expect(holds({ a: { $not: { $regex: "x" } } }, { a: deepList })).toBe(false);
  });

  it("that are no object have no facts", ({ expect }) => {
    for (const attributes of [null, undefined, 1, "x", [], () => 1]) expect(holds({ a: 1 }, attributes)).toBe(false);
  });
});
