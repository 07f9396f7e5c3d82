import { fc, test } from "@fast-check/vitest";
import { GrowthBookClient } from "@growthbook/growthbook";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { compileLeniently } from "../../../src/core/condition/compile.ts";
import type { Groups } from "../../../src/core/condition/groups.ts";
import { plainPaths } from "../../../src/core/condition/paths.ts";

vi.setConfig({ testTimeout: 60_000 });

/**
 * Random conditions on random attributes, against `@growthbook/growthbook`. Where it throws, the answer here is false.
 *
 * Differences that are meant, and so not drawn: names that only a prototype has; `$and`, `$or` and `$nor` of an object
 * with a `length`; groups named by an object; `$notRegex` and `$notRegexi`, which it lacks; patterns that are refused, or
 * that are names of its cache's prototype; and what is larger than the limits.
 */
const growthbook = new GrowthBookClient();

function growthbookSays(condition: object, attributes: object, groups: Groups): boolean {
  growthbook.initSync({
    payload: {
      features: { it: { defaultValue: false, rules: [{ condition, force: true }] } },
      savedGroups: groups,
    } as Parameters<typeof growthbook.initSync>[0]["payload"],
  });
  try {
    return growthbook.isOn("it", { attributes });
  } catch {
    return false;
  }
}

const mixed = (...values: unknown[]) => fc.constantFrom(...values);

const word = mixed("a", "A", "b", "ab", "aB", "", "x-1", "É", "é", "null", "true", "group", "bare", "cycle", "1,2");
const number = mixed(0, -0, 1, 2, 3, 10, -1, 1.5, 1e21);
const numeric = mixed("0", "1", " 2 ", "10", "1e1", "-1", "0x10");
const version = fc.oneof(
  mixed(
    "1.2.3",
    "v1.2.3",
    "1.2.3-rc.1",
    "1.2.3-rc.10",
    "1.2",
    "1.2.3.4",
    "1.2.3+build",
    "1.10.0",
    "123456.1.2",
    "v",
    "+",
  ),
  fc.array(mixed("1", "10", "2", "v", ".", "-", "+", "rc", "~", "\n"), { maxLength: 7 }).map((parts) => parts.join("")),
);
const scalar = fc.oneof(word, number, numeric, version, mixed(null, true, false));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalar, tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 3 }),
  object: fc.dictionary(mixed("a", "b", "length", "0") as fc.Arbitrary<string>, tie("value"), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));
const path = mixed(
  "a",
  "b",
  "tags",
  "a.b",
  "b.a.b",
  "tags.0",
  "tags.length",
  "a.length",
  "missing",
  "",
  "$odd",
) as fc.Arbitrary<string>;
const pattern = mixed(
  "a",
  "^a",
  "b$",
  "^$",
  "A|B",
  "(a+)+$",
  "[",
  "\\d{1,2}",
  ".",
  "null",
  "^\\d",
  "\\bb?",
  "(?=a)",
  "a/b",
  1,
  false,
);

const operand = {
  $eq: value,
  $ne: value,
  $lt: value,
  $lte: value,
  $gt: value,
  $gte: value,
  $in: fc.oneof({ weight: 5, arbitrary: fc.array(scalar, { maxLength: 12 }) }, { weight: 1, arbitrary: value }),
  $regex: pattern,
  $regexi: pattern,
  $veq: fc.oneof(version, value),
  $type: mixed("string", "number", "boolean", "array", "object", "null", "undefined", "x", 1),
  $exists: mixed(true, false, 0, 1, null, "no"),
  $inGroup: fc.oneof(mixed("group", "bare", "cycle", "rule", "broken", "none", 1, null), number),
} as const;

const { condition } = fc.letrec<{ condition: object; beside: unknown; operators: object }>((tie) => ({
  operators: fc.oneof(
    { maxDepth: 3 },
    ...["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"].map((name) => one(name, operand.$eq)),
    ...["$in", "$nin", "$ini", "$nini"].map((name) => one(name, operand.$in)),
    ...["$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"].map((name) => one(name, operand.$veq)),
    ...["$regex", "$regexi"].map((name) => one(name, operand.$regex)),
    ...["$inGroup", "$notInGroup"].map((name) => one(name, operand.$inGroup)),
    one("$type", operand.$type),
    one("$exists", operand.$exists),
    one("$unknown", scalar),
    one("$within", mixed("7d", 1)),
    ...["$all", "$alli"].map((name) => one(name, fc.oneof(fc.array(tie("beside"), { maxLength: 3 }), scalar))),
    ...["$not", "$size"].map((name) => one(name, tie("beside"))),
    one("$elemMatch", fc.oneof(tie("operators"), tie("condition"), scalar)),
    fc.tuple(tie("operators"), tie("operators")).map(([a, b]) => ({ ...a, ...b })),
  ) as fc.Arbitrary<object>,
  beside: fc.oneof({ maxDepth: 3 }, value, tie("operators"), tie("operators")),
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(path, tie("beside")).map(([name, beside]) => ({ [name]: beside })),
    fc.tuple(path, tie("beside")).map(([name, beside]) => ({ [name]: beside })),
    ...["$and", "$or", "$nor"].map((name) =>
      one(
        name,
        fc.oneof(
          { weight: 8, arbitrary: fc.array(tie("condition"), { maxLength: 3 }) },
          { weight: 1, arbitrary: mixed("ab", "", null, 0, 1, true, {}, [null], ["a"], [1]) },
        ),
      ),
    ),
    one(
      "$not",
      fc.oneof({ weight: 8, arbitrary: tie("condition") }, { weight: 1, arbitrary: mixed("ab", null, 0, [1], true) }),
    ),
    one(
      "$savedGroup",
      mixed(
        { id: "group" },
        { id: "group", attributeKey: "b" },
        { id: "rule" },
        { id: "cycle" },
        { id: "bare" },
        { id: "none" },
        { id: "broken" },
        { id: 1 },
        { id: "group", attributeKey: 1 },
        "group",
        null,
        [],
        {},
      ),
    ),
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => ({ ...a, ...b })),
  ) as fc.Arbitrary<object>,
}));

function one(name: string, arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return arbitrary.map((operand) => ({ [name]: operand }));
}

const attributes = fc.record(
  { a: value, b: value, tags: fc.oneof(fc.array(value, { maxLength: 4 }), value), $odd: scalar },
  { requiredKeys: [], noNullPrototype: true },
);

const groups: Groups = {
  bare: [1, "a", "A", "10", null, true],
  group: { type: "list", attributeKey: "a", values: [1, "a", "b", 10] },
  rule: {
    type: "condition",
    condition: { $or: [{ a: { $gt: 1 } }, { $savedGroup: { id: "group", attributeKey: "tags" } }] },
  },
  cycle: { type: "condition", condition: { $not: { $savedGroup: { id: "cycle" } } } },
  broken: { type: "list", values: "a" },
};

describe("as GrowthBook's SDK", () => {
  beforeAll(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });

  test.prop([condition, attributes], { numRuns: Number(process.env.CARAMEL_RUNS ?? 8000) })(
    "a condition holds exactly when it holds there",
    (condition, attributes) =>
      compileLeniently(condition, { resolve: plainPaths, groups }).test(attributes) ===
      growthbookSays(condition, attributes, groups),
  );
});
