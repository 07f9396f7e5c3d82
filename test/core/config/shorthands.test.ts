import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exportDraft } from "../../../src/core/config/export.ts";
import { parseSiteFile } from "../../../src/core/config/site-file.ts";
import type { Draft } from "../../../src/core/draft.ts";

const draftOf = (text: string): Draft => {
  const result = parseSiteFile(parse(`site: s\nhosts: ["*"]\norigin: https://o.example/\n${text}`));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const problemsOf = (text: string) => {
  const result = parseSiteFile(parse(`site: s\nhosts: ["*"]\norigin: https://o.example\n${text}`));
  return result.ok ? [] : result.error.map(({ path, message }) => `${path} ${message}`);
};
const experience = (rest: string) => `{ kind: rollout, routes: ["/"], variants: { on: {} }, ${rest} }`;
const rangesOf = (draft: Draft) =>
  Object.fromEntries(Object.entries(draft.experiences).map(([key, { layer }]) => [key, layer?.ranges]));

describe("shorthands", () => {
  it("read a route by name, by path and as a pattern", () => {
    const draft = draftOf(`routes: { home: { path: "/", methods: [GET] } }
experiences: { a: { kind: rollout, routes: [home, "/x/*", { path: /api, surface: json }], variants: { on: } } }`);
    expect(draft.experiences.a?.routes).toEqual([
      { path: "/", query: {}, methods: ["GET"], surface: "html" },
      { path: "/x/*", query: {}, methods: ["GET", "HEAD"], surface: "html" },
      { path: "/api", query: {}, methods: ["GET", "HEAD"], surface: "json" },
    ]);
    const written = exportDraft(draft) as { experiences: { a: { routes: unknown } } };
    expect(written.experiences.a.routes).toEqual(["home", "/x/*", { path: "/api", surface: "json" }]);
  });

  it("weigh arms without weights the same, the first ones a little more", () => {
    const weights = (arms: string) =>
      draftOf(`experiences: { a: { kind: bandit, routes: [], variants: ${arms} } }`).experiences.a?.variants.map(
        ({ weightBps }) => weightBps,
      );
    expect(weights("{ on: }")).toEqual([10_000]);
    expect(weights("{ a: , b: , c: }")).toEqual([3334, 3333, 3333]);
  });

  it("keep the order of arms, also of those whose keys are numbers, when they are a list", () => {
    const draft = draftOf(
      "experiences: { a: { kind: bandit, routes: [], variants: [{ key: b }, { key: '1' }, { key: '0' }] } }",
    );
    expect(draft.experiences.a?.variants.map(({ key }) => key)).toEqual(["b", "1", "0"]);
    expect(parseSiteFile(exportDraft(draft))).toEqual({ ok: true, value: draft });
  });

  it("take a share for a holdout, and one holdout at the top for all", () => {
    expect(draftOf("holdout: 5%").holdouts).toEqual({
      all: { description: "", seed: "holdout:all", unit: "visitor", coverageBps: 500, scope: null },
    });
    expect(draftOf("holdouts: { q1: 2.5% }").holdouts.q1?.coverageBps).toBe(250);
  });

  it("put a slot where its type is usually shown", () => {
    const draft = draftOf(`slots:
  title: { type: text, default: "", html: h1 }
  cover: { type: image, default: "/c", html: { selector: img } }
  data: { type: json, default: null, json: /a/b }`);
    expect(draft.slots.title?.html).toEqual({ selector: "h1", action: "setText", name: null });
    expect(draft.slots.cover?.html).toEqual({ selector: "img", action: "setAttribute", name: "src" });
    expect(draft.slots.data?.json).toEqual({ pointer: "/a/b" });
  });

  it("write hosts as browsers send them and the origin without a last slash", () => {
    const result = parseSiteFile({ site: "s", hosts: ["Books.Example"], origin: "https://o.example/" });
    expect(result.ok && result.value.site).toMatchObject({ hosts: ["books.example"], origin: "https://o.example" });
  });
});

describe("a layer", () => {
  it("is split equally among those who only name it, in the order of their keys", () => {
    const draft = draftOf(
      `experiences: { b: ${experience("layer: x")}, c: ${experience("layer: x")}, a: ${experience("layer: x")} }`,
    );
    expect(rangesOf(draft)).toEqual({ a: [[0, 3334]], b: [[3334, 6667]], c: [[6667, 10_000]] });
    expect(draft.layers).toEqual({ x: { description: "", seed: "layer:x", unit: "visitor" } });
  });

  it("gives ranges and shares first, and the rest to the others", () => {
    const draft = draftOf(`experiences:
  a: ${experience("layer: x")}
  b: ${experience("layer: { key: x, share: 30% }")}
  c: ${experience("layer: { key: x, ranges: [[1000, 2000]] }")}`);
    expect(rangesOf(draft)).toEqual({
      a: [[4000, 10_000]],
      b: [
        [0, 1000],
        [2000, 4000],
      ],
      c: [[1000, 2000]],
    });
  });

  it("refuses more than all of it", () => {
    const share = (bps: string) => experience(`layer: { key: x, share: ${bps} }`);
    expect(problemsOf(`experiences: { a: ${share("60%")}, b: ${share("50%")} }`)).toEqual([
      '/experiences/b/layer The experiences of layer "x" want more than 100% of it.',
    ]);
    expect(problemsOf(`experiences: { a: ${share("100%")}, b: ${experience("layer: x")} }`)).toHaveLength(1);
  });
});
