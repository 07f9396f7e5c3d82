import { describe, expect, it } from "vitest";
import { longestDocumentBytes, readDocument } from "../../../src/core/config/document.ts";
import { parseSiteFile } from "../../../src/core/config/site-file.ts";

const problemsOf = (text: string) => {
  const document = readDocument(text);
  if (!document.ok) return document.error;
  const parsed = parseSiteFile(document.value.value);
  return parsed.ok ? [] : parsed.error;
};

const bomb = [
  "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]`),
].join("\n");

describe("a hostile document is a problem, never a throw:", () => {
  it.each([
    ["10 000 nested lists", `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}`, "nested too deeply"],
    ["10 000 nested objects in JSON", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, "nested too deeply"],
    ["10 000 nested dashes", `${"- ".repeat(10_000)}1`, "nested too deeply"],
    ["50 levels, which the parser still reads", `a: ${"[".repeat(50)}${"]".repeat(50)}`, "Nested deeper than 40"],
    ["an alias bomb", bomb, "repeats aliases too often"],
    ["an alias of itself", "site: &a [*a]", "Nested deeper than 40"],
    ["more text than any site needs", " ".repeat(longestDocumentBytes + 1), "larger than 4 MB"],
    ["nothing", "", "must be a mapping, but is empty"],
    ["a list", "- a", "must be a mapping, but is a list"],
    ["a function", "site: !!js/function 'function () {}'", "Unresolved tag"],
    ["binary", "\u0000\u0001\u0002", "must be a mapping, but is text"],
    ["infinity in a condition", "audiences: { a: { when: { x: .inf } } }", "not a value that JSON has"],
    ["a prototype in a condition", "audiences: { a: { when: { __proto__: { x: 1 } } } }", "`__proto__` can't be a key"],
  ])("%s", (_, text, says) => {
    expect(
      problemsOf(text)
        .map(({ message }) => message)
        .join("\n"),
    ).toContain(says);
  });

  it("a hundred thousand keys, in seconds", { timeout: 20_000 }, () => {
    const text = `audiences:\n${Array.from({ length: 100_000 }, (_, i) => `  K ${i}: 1`).join("\n")}`;
    expect(problemsOf(text).length).toBeGreaterThan(1);
  });

  it("a value of the language, where JSON came by another door", () => {
    for (const value of [undefined, () => 1, Symbol("x"), 10n, new Date(0), new Map(), Number.NaN])
      expect(parseSiteFile(value).ok).toBe(false);
    const nested = parseSiteFile({
      site: "a",
      hosts: ["a"],
      origin: "https://a",
      slots: { a: { type: "json", default: () => 1 } },
    });
    expect(nested.ok ? [] : nested.error[0]?.path).toBe("/slots/a/default");
  });
});

describe("positions", () => {
  const position = (text: string, pointer: string) => {
    const document = readDocument(text);
    return document.ok ? document.value.positionOf(pointer) : null;
  };

  it("are those of the key, or of the list's member", () => {
    expect(position("a:\n  b: [1, 2]\n", "/a/b")).toEqual({ line: 2, column: 3 });
    expect(position("a:\n  b: [1, 2]\n", "/a/b/1")).toEqual({ line: 2, column: 10 });
    expect(position('{"a": {\n "b": 1}}', "/a/b")).toEqual({ line: 2, column: 2 });
  });

  it("are the nearest ancestor's for what is not there", () => {
    expect(position("a:\n  b: 1\n", "/a/missing/deeper")).toEqual({ line: 1, column: 1 });
    expect(position("", "/a")).toEqual({ line: 1, column: 1 });
  });

  it("follow escapes, aliases, Windows line ends and variants listed by key", () => {
    expect(position("x: 1\n'a/b~c': 1", "/a~1b~0c")).toEqual({ line: 2, column: 1 });
    expect(position("x: &x\n  y: 1\na: *x", "/a/y")).toEqual({ line: 2, column: 3 });
    expect(position("a:\r\n  b: 1\r\n", "/a/b")).toEqual({ line: 2, column: 3 });
    expect(position("v:\n  - key: one\n  - key: two\n    weight: 1", "/v/two/weight")).toEqual({ line: 4, column: 5 });
  });
});
