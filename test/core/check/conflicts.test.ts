import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkText } from "../../../src/core/check/check-text.ts";

const checkers = { checkSelector: () => null };

const sets = (selector: string, rest: object = {}) => ({
  kind: "rollout",
  routes: ["/"],
  variants: { on: { operations: [{ selector, action: "setText", value: "x" }] } },
  ...rest,
});

const problemsOf = (experiences: object, rest: object = {}) =>
  checkText(stringify({ site: "s", hosts: ["*"], origin: "https://o.example", experiences, ...rest }), checkers)
    .problems;

describe("two experiences that change the same place", () => {
  it("are both named, with the one who wins and why", () => {
    const [found] = problemsOf({ one: sets("h1"), two: sets("h1", { priority: 5 }) });
    expect(found).toMatchObject({ severity: "warning", path: "/experiences/one" });
    expect(found?.message).toBe(
      '"two" and "one" both change the content of "h1"; a visitor of both sees "two", as its priority 5 is higher.',
    );
    expect(problemsOf({ b: sets("h1"), a: sets("h1") })[0]?.message).toContain('sees "a", as both have priority 0');
  });

  it.each([
    ["a layer keeps them apart", { layer: "x" }, {}],
    ["their routes never meet", { routes: ["/other"] }, {}],
    [
      "their queries never meet",
      { routes: [{ path: "/", query: { a: "1" } }] },
      { routes: [{ path: "/", query: { a: "2" } }] },
    ],
    [
      "their methods never meet",
      { routes: [{ path: "/", methods: ["GET"] }] },
      { routes: [{ path: "/", methods: ["POST"] }] },
    ],
    ["one is switched off", { enabled: false }, {}],
  ])("are fine when %s", (_, one, two) => {
    const both = "layer" in one ? one : {};
    expect(problemsOf({ one: sets("h1", one), two: sets("h1", { ...two, ...both }) })).toEqual([]);
  });

  it.each([
    ["/books/:id", "/books/7"],
    ["/books/*", "/books"],
    ["/*", "/a/b"],
    ["/:a/b", "/a/:b"],
  ])("meet on %s and %s", (one, two) => {
    expect(problemsOf({ one: sets("h1", { routes: [one] }), two: sets("h1", { routes: [two] }) })).toHaveLength(1);
  });

  it("conflict through a slot, through an attribute, through the page itself", () => {
    const arm = (on: object) => ({ kind: "rollout", routes: ["/"], variants: { on } });
    const slots = { title: { type: "text", default: "", html: "h1" } };
    expect(problemsOf({ a: arm({ slots: { title: "x" } }), b: sets("h1") }, { slots })[0]?.message).toContain(
      'content of "h1"',
    );
    const href = arm({ operations: [{ selector: "a", action: "setAttribute", name: "href", value: "/x" }] });
    expect(problemsOf({ a: href, b: href })[0]?.message).toContain('href of "a"');
    expect(problemsOf({ a: arm({ serve: "/x" }), b: arm({ redirect: "/y" }) })[0]?.message).toContain(
      "where the page comes from",
    );
  });

  it("do not conflict by adding to one another", () => {
    const adds = {
      kind: "rollout",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "p", action: "addClass", value: "x" }] } },
    };
    expect(problemsOf({ a: adds, b: adds })).toEqual([]);
  });

  it("are told fifty times at most, in time", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`e${i}`, sets("h1")]));
    const problems = problemsOf(many).filter(({ message }) => !message.startsWith("Nobody can get"));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.message).toContain("more pairs");
  });
});
