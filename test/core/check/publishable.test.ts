import { describe, it } from "vitest";
import { checkDraft } from "../../../src/core/check/check-draft.ts";
import { draftFrom } from "../given.ts";

const operation = (value: string, selector = "h1") => ({ selector, action: "setHtml", value });
const hero = (more: object = {}, operations: object[] = [operation("Hi")]) => ({
  kind: "rollout",
  routes: ["/"],
  variants: { on: { operations } },
  ...more,
});
const told = (experiences: object, more: object = {}) =>
  checkDraft(draftFrom({ experiences, ...more }), { checkSelector: () => null }).map(
    ({ path, severity, message }) => `${severity} ${path} ${message}`,
  );

describe("experiences that nobody can get", () => {
  it.for<[string, object, object, string]>([
    [
      "coverage",
      { hero: hero({ coverage: "0%" }) },
      {},
      '/experiences/hero/coverage Nobody can get "hero": its coverage is 0%.',
    ],
    [
      "a layer",
      { hero: hero({ layer: { key: "top", share: "0%" } }) },
      { layers: { top: {} } },
      "it owns nothing of layer",
    ],
    ["a holdout", { hero: hero() }, { holdout: "100%" }, 'holdout "all" keeps everybody out'],
    [
      "what they require",
      { hero: hero({ prerequisites: ["base"] }), base: hero({ enabled: false, routes: ["/b"] }) },
      {},
      'it requires "base", which is switched off',
    ],
    [
      "a route",
      { hero: hero() },
      { routes: { out: { path: "/", surface: "pass" } } },
      "surface: pass cover all of its routes",
    ],
    ["another", { a: hero({ priority: 1 }), b: hero() }, {}, 'Nobody can get "b": everybody gets "a"'],
  ])("are told: %s", ([, experiences, more, said], { expect }) => {
    expect(told(experiences, more)).toContainEqual(expect.stringContaining(said));
  });

  it("are not those that some can", ({ expect }) => {
    expect(told({ a: hero({ priority: 1, coverage: "50%" }), b: hero() })).not.toContainEqual(
      expect.stringContaining("Nobody"),
    );
    expect(told({ a: hero({ enabled: false, coverage: "0%" }) })).toEqual([]);
  });
});

describe("templates with sample visitors", () => {
  it("are told when they print nothing for somebody new, or fail", ({ expect }) => {
    const at = "/experiences/hero/variants/on/operations/0/value";
    expect(told({ hero: hero({}, [operation("{{ visitor.firstName }}")]) })).toEqual([
      `warning ${at} For a new visitor, of whom nothing is known, this prints nothing.`,
    ]);
    expect(told({ hero: hero({}, [operation("{{ visitor.firstName | default: 'reader' }}")]) })).toEqual([]);
    expect(told({ hero: hero({}, [operation("Hello {{ visitor.firstName }}")]) })).toEqual([]);
    const [failed] = told({
      hero: hero({}, [operation("{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}")]),
    });
    expect(failed).toMatch(`error ${at} The template fails: `);
  });
});

describe("budgets", () => {
  it("hold for content, selectors on a route and the whole", ({ expect }) => {
    expect(told({ hero: hero({}, [operation("x".repeat(15_000))]) })).toEqual([]);
    const heavy = Array.from({ length: 8 }, (_, at) => operation("x".repeat(15_000), `#a${at}`));
    expect(told({ hero: hero({}, heavy) })).toEqual([expect.stringContaining("brings 120 KB into each page")]);
    const ids = (count: number) => Array.from({ length: count }, (_, at) => operation("x", `#a${at}`));
    expect(told({ hero: hero({}, ids(50)) })).toEqual([]);
    expect(told({ hero: hero({}, ids(51)) })).toEqual([expect.stringContaining("On / up to 51 selectors")]);
    const many = Object.fromEntries(
      Array.from({ length: 400 }, (_, at) => [`e${at}`, hero({ routes: [`/${at}`] }, [operation("x".repeat(15_000))])]),
    );
    expect(told(many)).toEqual([expect.stringContaining("The configuration has 6")]);
  });
});
