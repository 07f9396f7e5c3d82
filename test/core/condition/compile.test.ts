import { describe, it } from "vitest";
import { type CompiledCondition, compileCondition, compileLeniently } from "../../../src/core/condition/compile.ts";
import type { Groups } from "../../../src/core/condition/groups.ts";
import { type PathResolver, plainPaths } from "../../../src/core/condition/paths.ts";
import { fail, ok } from "../../../src/core/result.ts";

/** Facts in the manner of the product's: some by name, some with a window. */
interface Facts {
  readonly country: string | null;
  readonly counts: Readonly<Record<string, number>>;
}
const resolve: PathResolver<Facts> = (path, withinMs) => {
  const event = /^event\.(\w+)\.count$/.exec(path)?.[1];
  if (event) return ok((facts) => facts.counts[`${event}:${withinMs}`] ?? 0);
  if (path === "context.country" && withinMs === null) return ok((facts) => facts.country);
  return fail({ message: `There is no fact "${path}".`, advice: "Write context.country or event.<name>.count." });
};
const groups: Groups = { staff: ["a"], rule: { type: "condition", condition: { "x.y": { $oops: 1 } } } };

const problemsOf = (condition: unknown): string[] => {
  const compiled = compileCondition(condition, { resolve: plainPaths, groups });
  return compiled.ok ? [] : compiled.error.map(({ path, message }) => `${path}: ${message}`);
};
const saved = <F>(condition: unknown, resolve: PathResolver<F>): CompiledCondition<F> => {
  const compiled = compileCondition(condition, { resolve, groups });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
};

describe("on save", () => {
  it("takes every operator as it is meant", ({ expect }) => {
    const everything = {
      $and: [{ a: "x" }, { "b.c": { $not: { $lt: 1, $lte: 1, $gt: 1, $gte: "1" } } }],
      $or: [{ $nor: [{ $not: { a: [1, { b: null }] } }] }, { a: { b: 1 } }],
      eq: { $eq: null, $ne: true, $in: [1, "a", null], $nin: [], $ini: ["A"], $nini: ["b"] },
      list: { $all: ["a", { $gt: 1 }], $alli: ["A"], $size: { $gte: 1 }, $elemMatch: { "a.b": { $exists: true } } },
      text: { $regex: "^a+$", $regexi: "b", $notRegex: "(?!a)b", $notRegexi: "d", $type: "string" },
      version: { $veq: "1", $vne: "1", $vgt: "1", $vgte: "1", $vlt: "1", $vlte: 2 },
      id: { $inGroup: "staff", $notInGroup: "staff" },
    };
    expect(problemsOf(everything)).toEqual([]);
  });

  it.for([
    [null, ": A condition is an object."],
    [[{ a: 1 }], ": A condition is an object."],
    [{ $xor: [] }, '/$xor: "$xor" is no operator here.'],
    [{ a: { $near: 1 } }, '/a/$near: "$near" is no operator.'],
    [{ "a/b~c": { $near: 1 } }, '/a~1b~0c/$near: "$near" is no operator.'],
    [{ a: { $gt: 1, b: 2 } }, "/a/$gt: Operators and members stand side by side."],
    [{ a: { b: { $gt: 1 } } }, "/a/b: An operator is not seen in here."],
    [{ $and: { a: 1 } }, "/$and: This needs a list of conditions."],
    [{ $or: [{ a: 1 }, null] }, "/$or/1: A condition is an object."],
    [{ a: { $in: "x" } }, "/a/$in: This operator needs a list."],
    [{ a: { $nini: ["x", {}] } }, "/a/$nini/1: Nothing is ever equal to this member."],
    [{ a: { $eq: [1] } }, "/a/$eq: $eq never holds for this value."],
    [{ a: { $ne: {} } }, "/a/$ne: $ne always holds for this value."],
    [{ a: { $gt: null } }, "/a/$gt: This can't be put in order."],
    [{ a: { $exists: "true" } }, "/a/$exists: $exists is true or false."],
    [{ a: { $type: "date" } }, "/a/$type: This is no type."],
    [{ a: { $size: -1 } }, "/a/$size: A size is a count."],
    [{ a: { $all: "x" } }, "/a/$all: This operator needs a list."],
    [{ a: { $elemMatch: "x" } }, "/a/$elemMatch: $elemMatch needs a condition."],
    [{ a: { $elemMatch: { b: { $near: 1 } } } }, '/a/$elemMatch/b/$near: "$near" is no operator.'],
    [{ a: { $all: [{ $not: { $near: 1 } }] } }, '/a/$all/0/$not/$near: "$near" is no operator.'],
    [{ a: { $vgt: ["1"] } }, "/a/$vgt: This is no version."],
    [{ a: { $regex: 1 } }, "/a/$regex: A pattern must be a text."],
    [{ a: { $regexi: "(" } }, "/a/$regexi: This is not a regular expression of JavaScript."],
    [{ a: { $inGroup: "none" } }, '/a/$inGroup: There is no group "none" that is a list.'],
    [{ a: { $notInGroup: "rule" } }, '/a/$notInGroup: There is no group "rule" that is a list.'],
    [{ $savedGroup: { id: "none" } }, "/$savedGroup: There is no such saved group."],
    [{ $savedGroup: { id: "rule" } }, '/$savedGroup: In the saved group "rule": "$oops" is no operator.'],
    [{ a: { $within: "7d", $gt: 1 } }, '/a: "a" has no window.'],
    [{ a: Number.NaN }, "/a: This is no JSON value."],
    [{ a: { $in: [undefined] } }, "/a/$in/0: This is no JSON value."],
    [{ a: "\ud800" }, "/a: This text holds half a character (a lone surrogate)."],
    [{ "\udc00": 1 }, "/\udc00: This text holds half a character (a lone surrogate)."],
  ] as const)("%j is a problem: %s", ([condition, problem], { expect }) => {
    expect(problemsOf(condition)).toContain(problem);
  });

  it("tells all problems at once, each with advice, up to a hundred", ({ expect }) => {
    const compiled = compileCondition({ a: { $near: 1, $far: 2 }, $and: 3 }, { resolve: plainPaths });
    expect(compiled.ok ? [] : compiled.error).toHaveLength(3);
    for (const { advice } of compiled.ok ? [] : compiled.error) expect(advice).toMatch(/^[A-Z]/);
    expect(problemsOf({ a: { $in: Array.from({ length: 500 }, () => ({})) } })).toHaveLength(100);
  });

  it("names a fact that there is not, with the resolver's advice", ({ expect }) => {
    const compiled = compileCondition({ "context.county": "FR" }, { resolve });
    expect(compiled.ok ? [] : compiled.error).toEqual([
      {
        path: "/context.county",
        message: 'There is no fact "context.county".',
        advice: "Write context.country or event.<name>.count.",
        severity: "error",
      },
    ]);
  });
});

describe("at the edge", () => {
  it.for([{ "context.county": "FR" }, { "context.county": { $ne: "FR" } }, { "context.country": { $near: 1 } }])(
    "what is unknown is false: %j",
    (condition, { expect }) => {
      expect(compileLeniently(condition, { resolve }).test({ country: "FR", counts: {} })).toBe(false);
    },
  );
});

describe("a window", () => {
  const facts: Facts = { country: "FR", counts: { "order:null": 9, "order:2592000000": 2 } };

  it("reaches the resolver in milliseconds, and its operators see the value", ({ expect }) => {
    const count = (beside: object) => saved({ "event.order.count": beside }, resolve).test(facts);
    expect(count({ $within: "30d", $gte: 2 })).toBe(true);
    expect(count({ $gte: 1, $within: "30d", $lt: 2 })).toBe(false);
    expect(count({ $gt: 8 })).toBe(true);
    expect(count({ $within: "2w", $eq: 0 })).toBe(true);
  });

  it.for(["30", "1y", "0d", "-1d", "1.5h", " 7d", "", 7, null])("must be a duration: %j", (within, { expect }) => {
    const condition = { "event.order.count": { $within: within, $gte: 0 } };
    const compiled = compileCondition(condition, { resolve });
    expect(compiled.ok ? [] : compiled.error.map(({ message }) => message)).toEqual(["This window can't be read."]);
    expect(compileLeniently(condition, { resolve }).test(facts)).toBe(false);
  });

  it("asks for something beside it, and is refused where a fact has none", ({ expect }) => {
    for (const condition of [
      { "event.order.count": { $within: "1d" } },
      { "context.country": { $within: "1d", $eq: "FR" } },
    ]) {
      expect(compileCondition(condition, { resolve }).ok).toBe(false);
      expect(compileLeniently(condition, { resolve }).test(facts)).toBe(false);
    }
  });
});

describe("what a condition reads", () => {
  it("is told once each, in the order of first mention", ({ expect }) => {
    const condition = {
      $or: [{ "b.c": 1 }, { $not: { a: { $gt: 1 } } }, { "b.c": { $elemMatch: { inner: 1 } } }],
      $savedGroup: { id: "vip" },
    };
    const groups = { vip: { type: "list", attributeKey: "id", values: [1] } };
    const compiled = compileCondition(condition, { resolve: plainPaths, groups });
    expect(compiled.ok && compiled.value.reads).toEqual(["b.c", "a", "id"]);
  });

  it("is nothing for a condition that asks nothing", ({ expect }) => {
    expect(saved({}, plainPaths).reads).toEqual([]);
  });

  it("leaves out facts that there are not", ({ expect }) => {
    const condition = { nothing: 1, "context.country": "FR", "event.order.count": { $within: "1d", $gt: 0 } };
    expect(compileLeniently(condition, { resolve }).reads).toEqual(["context.country", "event.order.count"]);
  });
});
