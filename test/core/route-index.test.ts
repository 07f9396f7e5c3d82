import { fc, test } from "@fast-check/vitest";
import { describe, it } from "vitest";
import type { RoutePattern } from "../../src/core/draft.ts";
import { RouteIndex } from "../../src/core/route-index.ts";
import { overlap, pathProblem, queryFits } from "../../src/core/route-pattern.ts";

const pattern = (path: string, methods = ["GET"]): RoutePattern => ({ path, methods, query: {}, surface: "html" });

function found(paths: readonly string[], path: string, method = "GET"): readonly string[] {
  const index = new RouteIndex<string, readonly string[]>((entries) => [...entries]);
  for (const each of paths) index.add(pattern(each), each);
  return index.find(method, path);
}

describe("path patterns", () => {
  it.for([
    ["/", "/", true],
    ["/", "/books", false],
    ["/books", "/books/", true],
    ["/books", "/Books", false],
    ["/books/:slug", "/books/moth-light", true],
    ["/books/:slug", "/books", false],
    ["/books/:slug", "/books/a/b", false],
    ["/books/:slug", "/books//", false],
    ["/books/*", "/books", true],
    ["/books/*", "/books/a/b/c", true],
    ["/books/*", "/bookshop", false],
    ["/*", "/", true],
    ["/*", "/anything/at/all", true],
    ["/*/edit", "/posts/edit", true],
    ["/café", "/caf%C3%A9", true],
    ["/a%20b", "/a%20b", true],
    ["/__proto__", "/__proto__", true],
    ["/__proto__", "/constructor", false],
  ] as const)("%s meets %s: %s", ([written, path, expected], { expect }) => {
    expect(found([written], path)).toEqual(expected ? [written] : []);
  });

  it("finds every pattern that fits, and only for its methods", ({ expect }) => {
    const all = ["/*", "/books/*", "/books/:slug", "/books/moth-light"];
    expect([...found(all, "/books/moth-light")].sort()).toEqual([...all].sort());
    expect(found(all, "/books/moth-light", "POST")).toEqual([]);
  });

  it("remembers answers per path without mixing them", ({ expect }) => {
    let asked = 0;
    const index = new RouteIndex<string, string>((entries) => {
      asked += 1;
      return entries.join();
    });
    index.add(pattern("/a"), "a");
    index.add(pattern("/b"), "b");
    expect([index.find("GET", "/a"), index.find("GET", "/b"), index.find("GET", "/a")]).toEqual(["a", "b", "a"]);
    expect(asked).toBe(2);
  });

  it("says what is wrong with a pattern", ({ expect }) => {
    expect(pathProblem("books")).toContain("begins with /");
    expect(pathProblem("/a?b=1")).toContain("query");
    expect(pathProblem("/a*b")).toContain("whole segments");
    expect(pathProblem("/books/:slug/*")).toBeNull();
  });
});

describe("overlap", () => {
  const segment = fc.constantFrom("a", "b", ":x");
  const path = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
    .map(([segments, open]) => `/${[...segments, ...(open ? ["*"] : [])].join("/")}`);
  const concrete = fc
    .array(fc.constantFrom("a", "b", "c"), { maxLength: 4 })
    .map((segments) => `/${segments.join("/")}`);

  test.prop([path, path, concrete])("two patterns that meet the same path overlap", (one, other, at) => {
    return found([one, other], at).length < 2 || overlap(pattern(one), pattern(other));
  });

  it("tells apart what never meets", ({ expect }) => {
    expect(overlap(pattern("/a"), pattern("/b"))).toBe(false);
    expect(overlap(pattern("/a/:x"), pattern("/a"))).toBe(false);
    expect(overlap(pattern("/a", ["POST"]), pattern("/a"))).toBe(false);
  });
});

describe("query", () => {
  it("must carry what the pattern names", ({ expect }) => {
    expect(queryFits({ tab: "new" }, { tab: "new", q: "x" })).toBe(true);
    expect(queryFits({ tab: "*" }, { tab: "anything" })).toBe(true);
    expect(queryFits({ tab: "*" }, {})).toBe(false);
    expect(queryFits({ constructor: "*" }, {})).toBe(false);
  });
});
