import { fc, test } from "@fast-check/vitest";
import { describe, it, vi } from "vitest";
import { isLinearInJavaScript } from "../../../../src/core/condition/regex/linear.ts";
import { parsePattern } from "../../../../src/core/condition/regex/parse.ts";
import { automatonTest, compilePattern, patternLimits } from "../../../../src/core/condition/regex/pattern.ts";
import type { Node } from "../../../../src/core/condition/regex/syntax.ts";

// JavaScript's matcher, asked about random patterns, can itself take seconds over one.
vi.setConfig({ testTimeout: 60_000 });

const treeOf = (source: string, ignoreCase = false): Node => {
  const parsed = parsePattern(source, ignoreCase);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.error}`);
  return parsed.value;
};

const answerOf = (source: string, text: string, ignoreCase = false): boolean | null => {
  const pattern = compilePattern(source, ignoreCase);
  if (!pattern.ok) throw new Error(`${source}: ${pattern.error.message}`);
  return pattern.value.answer(text);
};

const isWellFormed = (source: string): boolean => {
  try {
    return new RegExp(source) !== null;
  } catch {
    return false;
  }
};

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      "a",
      "b",
      "A",
      "1",
      "_",
      "-",
      "é",
      "\\n",
      ".",
      "\\d",
      "\\w",
      "\\W",
      "\\s",
      "\\S",
      "^",
      "$",
      "\\b",
      "\\B",
    ),
    fc.constantFrom(
      "[ab]",
      "[^a]",
      "[a-c1]",
      "[]",
      "[^]",
      "[\\w-]",
      "[^\\W_]",
      "[A-Zé]",
      "\\x61",
      "\\u0062",
      "\\.",
      "{",
      "]",
    ),
    fc.array(tie("pattern"), { maxLength: 4 }).map((parts) => parts.join("")),
    fc.array(tie("pattern"), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join("|")})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{0}", "{1,3}", "{2,}", "*?", "+?"))
      .map(([item, bounds]) => `(${item})${bounds}`),
    fc
      .tuple(fc.constantFrom("a", ".", "\\w", "[ab]"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}"))
      .map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom("?=", "?!", "?<=", "?<!"), tie("pattern")).map(([look, item]) => `(${look}${item})`),
  ),
}));
const text = fc.string({
  unit: fc.constantFrom("a", "b", "A", "c", "1", "_", "-", " ", "\n", "é", "É", "{", "]"),
  maxLength: 12,
});

describe("an ordinary pattern", () => {
  test.prop([pattern, text, fc.boolean()], { numRuns: Number(process.env.CARAMEL_RUNS ?? 2000) })(
    "answers as JavaScript does",
    (source, text, ignoreCase) => {
      fc.pre(isWellFormed(source));
      const compiled = compilePattern(source, ignoreCase);
      fc.pre(compiled.ok);
      return compiled.ok && compiled.value.answer(text) === new RegExp(source, ignoreCase ? "i" : "").test(text);
    },
  );

  test.prop([pattern, fc.array(text, { minLength: 3, maxLength: 3 }), fc.boolean()], {
    numRuns: Number(process.env.CARAMEL_RUNS ?? 2000),
  })("answers as JavaScript does on the automaton, too, however often it is asked", (source, texts, ignoreCase) => {
    fc.pre(isWellFormed(source) && compilePattern(source, ignoreCase).ok);
    const answer = automatonTest(treeOf(source, ignoreCase));
    return texts.every((text) => answer(text) === new RegExp(source, ignoreCase ? "i" : "").test(text));
  });

  it.for([
    ["\\1", "\x01"],
    ["\\101", "A"],
    ["\\8\\9", "89"],
    ["\\0", "\0"],
    ["\\cA\\c1", "\x01\\c1"],
    ["[\\c1\\b]+$", "\x11\b"],
    ["\\x4\\u12", "x4u12"],
    ["\\k\\p{L}", "kp{L}"],
    ["a{,2}b{c}{", "a{,2}b{c}{"],
    ["[a-\\d]+$", "a-7"],
    ["^[\\]\\\\/-]+$", "]\\/-"],
    ["(?<year>\\d{4})-(?<month>\\d\\d)", "on 2024-05"],
    ["(?=a)*b", "b"],
    ["((?=(?=(?<!b)a)a)a){1,9}", "aa"],
    ["\\ud83d", "\u{1f600}"],
    ["^.$", "\u{1f600}"],
    ["\\v\\f\\t\\r[\\s]", "\v\f\t\r\u00a0"],
  ] as const)("reads %s as ECMA-262's Annex B does", ([source, text], { expect }) => {
    for (const candidate of [text, `${text} `, text.slice(1), text.slice(0, -1), "", "no"]) {
      expect(automatonTest(treeOf(source))(candidate), candidate).toBe(new RegExp(source).test(candidate));
    }
    expect(answerOf(source, text)).toBe(new RegExp(source).test(text));
  });

  it.for([
    "k",
    "\\u212a",
    "\\u017f",
    "[^s]",
    "[à-þ]",
    "µ",
    "[ω\\d]",
    "\\W",
    "\\w",
    "[^\\w]",
    "[\\u0100-\\u024f]",
    "ß",
    "ǆ",
  ])("ignores the case of every character as JavaScript does: %s", (source, { expect }) => {
    const ours = automatonTest(treeOf(source, true));
    const theirs = new RegExp(source, "i");
    const differing: string[] = [];
    for (let unit = 0; unit <= 0xffff; unit++) {
      const character = String.fromCharCode(unit);
      if (ours(character) !== theirs.test(character)) differing.push(unit.toString(16));
    }
    expect(differing).toEqual([]);
  });
});

describe("a pattern that is refused", () => {
  it.for([
    ["(a)\\1", "backreference"],
    ["(?<x>a)\\k<x>", "backreference"],
    ["(", "not a regular expression"],
    ["/???***[)", "not a regular expression"],
    ["(a{999}){999}", "too large"],
    ["(((((a{9}){9}){9}){9}){9}){9}", "too large"],
    ["(?=a)(?!b)(?<=c)(?<!d)", "too many lookarounds"],
    ["a".repeat(patternLimits.maxPatternUnits + 1), "too long"],
  ] as const)("is told why: %s", ([source, why], { expect }) => {
    const pattern = compilePattern(source, false);
    expect(pattern.ok ? "" : pattern.error.message).toContain(why);
    expect(pattern.ok ? "" : pattern.error.advice).toMatch(/^[A-Z].*\.$/);
  });

  it("is not refused one character or state below the limit", ({ expect }) => {
    expect(compilePattern("a".repeat(patternLimits.maxPatternUnits), false).ok).toBe(true);
    expect(compilePattern("(?=a)(?!b)(?<=c)", false).ok).toBe(true);
    expect(compilePattern(`(?:a{2}b?){${Math.floor(patternLimits.maxStates / 8)}}`, false).ok).toBe(true);
  });
});

const catastrophic = [
  "(a+)+$",
  "(a|a)*$",
  "(a|aa)+$",
  "a*a*a*$",
  "^(a+)*b$",
  ".*a.*b.*c",
  "a+b",
  "(.*)*x",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
];
const exploding = ["(a|b)*a(a|b){20}c", "a.{140}c", "(?=.*a.{30}c)x", "(?:a?){40}a{40}c"];

/** Of the processor, not of the clock: others may be at work beside us. */
const msOf = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const fastestOf = (work: () => void): number => Math.min(...Array.from({ length: 5 }, () => msOf(work)));

describe("a pattern that stalls others", () => {
  let seed = 1;
  const abba = Array.from({ length: 16_000 }, () => {
    seed = Math.imul(seed, 1_664_525) + 1_013_904_223;
    return seed >>> 31 ? "a" : "b";
  }).join("");

  it("is never given to JavaScript's matcher", ({ expect }) => {
    expect([...catastrophic, ...exploding].filter((source) => isLinearInJavaScript(treeOf(source)))).toEqual([]);
  });

  it("adds less than 5 ms for nine of them on a header of 100 KB", ({ expect }) => {
    const header = `${"a".repeat(100_000)}!`;
    const ms = fastestOf(() => {
      for (const source of catastrophic) answerOf(source, header);
    });
    expect(ms).toBeLessThan(5);
  });

  it("takes a few ms on the longest text that is read", ({ expect }) => {
    for (const text of ["a".repeat(16_000), "ab".repeat(8000), abba]) {
      for (const source of [...catastrophic, ...exploding]) {
        expect(
          fastestOf(() => answerOf(source, text)),
          source,
        ).toBeLessThan(25);
      }
    }
  });

  it("still answers rightly there", ({ expect }) => {
    expect(catastrophic.map((source) => answerOf(source, `${"a".repeat(16_000)}!`))).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(answerOf("(a+)+$", "a".repeat(16_000))).toBe(true);
    expect(answerOf("a+b", `${"a".repeat(16_000)}b`)).toBe(true);
  });

  it("gets the same answer from a new automaton as from one that has learnt", ({ expect }) => {
    for (const source of exploding) {
      for (let length = 1000; length <= 2500; length += 100) {
        const learnt = automatonTest(treeOf(source));
        learnt(abba.slice(0, 950));
        const text = abba.slice(0, length);
        expect(learnt(text), `${source} on ${length}`).toBe(automatonTest(treeOf(source))(text));
      }
    }
    expect(answerOf(exploding[0] ?? "", abba), "the budget must be met, or this says nothing").toBe(null);
  });
});

it("says nothing of a text above the limit, and answers at it", ({ expect }) => {
  for (const source of ["a", "a|b", "(a+)+$"]) {
    expect(answerOf(source, "a".repeat(patternLimits.maxTextUnits))).toBe(true);
    expect(answerOf(source, "a".repeat(patternLimits.maxTextUnits + 1))).toBe(null);
  }
});

it.for([
  ["(Mobile|Tablet)", true],
  ["-12-25$", true],
  ["^/books/\\d{1,6}$", true],
  ["^https?://[^/]+/books$", true],
  ["^/books/.*$", true],
  ["\\.(jpe?g|png)$", true],
  ["books.*$", false],
  ["^.*a.*b", false],
  ["^(a|b)*c", false],
  ["(a?){20}", false],
  ["a{129}", false],
  ["^a|b*c", false],
] as const)("knows whether JavaScript's matcher is linear for %s", ([source, linear], { expect }) => {
  expect(isLinearInJavaScript(treeOf(source))).toBe(linear);
});
