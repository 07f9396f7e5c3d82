import { test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { parse, stringify } from "yaml";
import { exportDraft } from "../../../src/core/config/export.ts";
import { parseSiteFile } from "../../../src/core/config/site-file.ts";
import { draft } from "./draft.arbitrary.ts";

const draftFrom = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
};

describe("export and parse", { timeout: 60_000 }, () => {
  test.prop([draft], { numRuns: 150 })("give back the draft that was written", (any) => {
    expect(draftFrom(parseSiteFile(exportDraft(any)))).toEqual(any);
  });

  test.prop([draft], { numRuns: 60 })("survive YAML and JSON text", (any) => {
    const file = exportDraft(any);
    expect(parse(stringify(file))).toEqual(file);
    expect(JSON.parse(JSON.stringify(file))).toEqual(file);
  });

  test.prop([draft], { numRuns: 60 })("write the same text again after a round trip", (any) => {
    const once = JSON.stringify(exportDraft(any));
    return JSON.stringify(exportDraft(draftFrom(parseSiteFile(JSON.parse(once))))) === once;
  });
});
