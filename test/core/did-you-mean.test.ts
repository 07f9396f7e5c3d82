import { describe, expect, it } from "vitest";
import { closest, suggest } from "../../src/core/did-you-mean.ts";

describe("the closest word", () => {
  it.each([
    ["audiance", "audience"],
    ["adience", "audience"],
    ["auidence", "audience"],
    ["AUDIENCE", "audience"],
    ["fallback-unit", "fallbackUnit"],
    ["hot", "host"],
  ])("to %s is %s", (written, meant) => {
    expect(closest(written, ["host", "audience", "fallbackUnit", "x"])).toBe(meant);
  });

  it("is none when nothing is near, however long the word", () => {
    expect(closest("zebra", ["host", "audience"])).toBeNull();
    expect(closest("a".repeat(1_000_000), ["a", "b".repeat(1_000_000)])).toBeNull();
  });
});

it("lists what there is when nothing is near, and says otherwise when there is nothing", () => {
  expect(suggest("zebra", ["host", "port"], "")).toBe('Known are "host", "port".');
  expect(suggest("zebra", [], "Define one.")).toBe("Define one.");
});
