import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { run } from "../../src/cli/run.ts";
import { terminalOf } from "../../src/cli/terminal.ts";

const committed = () => readFile(`${import.meta.dirname}/../../docs/caramel.schema.json`, { encoding: "utf8" });

it("docs/caramel.schema.json is what `caramel schema` prints", async () => {
  const printed: string[] = [];
  const terminal = terminalOf(
    (text) => printed.push(text),
    () => {},
    false,
  );
  await run(["schema"], { cwd: ".", env: {}, terminal });
  expect(`${printed.join("\n")}\n`).toBe(await committed());
});

describe("an editor that knows the schema", () => {
  const accepts = async (text: string) =>
    z.fromJSONSchema(JSON.parse(await committed())).safeParse(parse(text)).success;
  const base = 'site: s\nhosts: ["*"]\norigin: https://o.example\n';

  it.each([
    "",
    "holdout: 12.5%",
    "holdouts: { a: 5%, b: { coverage: 1%, scope: [x] } }",
    "layers: { top: }",
    "slots: { a: { type: image, default: /x, html: img } }",
    'experiences: { a: { kind: rollout, routes: [home, "/x", { path: / }], layer: { key: top, share: 10% }, variants: { on: } } }',
    "experiences: { a: { kind: bandit, routes: [], audience: { x: 1 }, variants: [{ key: a, redirect: /x }] } }",
  ])("accepts %j", async (text) => {
    expect(await accepts(base + text)).toBe(true);
  });

  it.each([
    "holdout: 5",
    "expriences: {}",
    "slots: { a: { type: txt, default: x } }",
    "experiences: { a: { kind: rollout, variants: { on: } } }",
    "experiences: { a: { kind: rollout, routes: [], variants: { on: { operations: [{ selctor: a, action: remove }] } } } }",
  ])("marks %j", async (text) => {
    expect(await accepts(base + text)).toBe(false);
  });

  it("has a description for everything people write", async () => {
    const undescribed: string[] = [];
    const visit = (schema: { properties?: Record<string, { description?: string }> }, path: string) => {
      for (const [name, member] of Object.entries(schema.properties ?? {})) {
        if (member.description === undefined && !("anyOf" in member)) undescribed.push(`${path}/${name}`);
      }
      for (const [name, member] of Object.entries(schema)) {
        if (typeof member === "object" && member !== null) visit(member as typeof schema, `${path}/${name}`);
      }
    };
    visit(JSON.parse(await committed()), "");
    expect(undescribed).toEqual([]);
  });
});
