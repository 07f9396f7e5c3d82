import { describe, expect, it } from "vitest";
import { schemaProblems, valueProblems } from "../../../src/core/check/json-schema.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

const card: JsonObject = {
  type: "object",
  required: ["title"],
  additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 1, maxLength: 5 },
    size: { enum: ["s", "l"] },
    count: { type: "integer", minimum: 0, maximum: 9 },
    tags: { type: "array", items: { type: "string" }, maxItems: 2 },
    price: { type: ["number", "null"] },
  },
};

describe("a value against a slot's schema", () => {
  it("fits", () => {
    expect(schemaProblems(card)).toEqual([]);
    expect(valueProblems({ title: "a", size: "s", count: 3, tags: ["x"], price: null }, card)).toEqual([]);
  });

  it.each<[Json, string, string]>([
    [[], "", "wants object here, not array"],
    [{}, "", "`title` is missing"],
    [{ title: "" }, "/title", "0 characters is below the schema's 1"],
    [{ title: "abcdef" }, "/title", "6 characters is above the schema's 5"],
    [{ title: "a", size: "m" }, "/size", 'does not allow "m"'],
    [{ title: "a", count: 1.5 }, "/count", "wants integer here, not number"],
    [{ title: "a", count: 10 }, "/count", "10 is above the schema's 9"],
    [{ title: "a", tags: ["x", 1] }, "/tags/1", "wants string here, not number"],
    [{ title: "a", tags: ["x", "y", "z"] }, "/tags", "3 members is above the schema's 2"],
    [{ title: "a", price: "1" }, "/price", "wants number or null here"],
    [{ title: "a", titel: 1 }, "/titel", "is not in the slot's schema"],
    [{ title: "a", constructor: 1 }, "/constructor", "is not in the slot's schema"],
  ])("%j does not", (value, path, says) => {
    const [found] = valueProblems(value, card);
    expect(found?.path).toBe(path);
    expect(found?.message).toContain(says);
  });
});

describe("a schema", () => {
  it.each<[JsonObject, string]>([
    [{ pattern: "a" }, "`pattern` is not supported"],
    [{ type: "text" }, "`type` has a value that it can't have"],
    [{ properties: { a: { minimun: 1 } } }, "`minimun` is not supported"],
    [{ items: [] }, ""],
    [{ required: "a" }, "`required` has a value"],
  ])("%j has a problem", (schema, says) => {
    expect(schemaProblems(schema)[0]?.message).toContain(says);
  });
});
