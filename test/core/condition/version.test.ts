import { fc, test } from "@fast-check/vitest";
import { describe } from "vitest";
import { compareVersion, paddedVersion } from "../../../src/core/condition/version.ts";

const version = fc
  .array(fc.constantFrom("1", "10", "02", "123456", "v", ".", "-", "+", "rc", "~", " ", "\n", "é"), { maxLength: 9 })
  .map((parts) => parts.join(""));

/** As GrowthBook writes it, in a line that is quadratic for many plus signs. */
function reference(version: string): string {
  const parts = version.replace(/(^v|\+.*$)/g, "").split(/[-.]/);
  if (parts.length === 3) parts.push("~");
  return parts.map((part) => (part.match(/^[0-9]+$/) ? part.padStart(5, " ") : part)).join("-");
}

describe("versions", () => {
  test.prop([version], { numRuns: 3000 })(
    "are padded as GrowthBook pads them",
    (a) => paddedVersion(a) === reference(a),
  );

  test.prop([version, version], { numRuns: 5000 })("are compared without padding as if they were padded", (a, b) => {
    const [left, right] = [reference(a), reference(b)];
    return Math.sign(compareVersion(a, paddedVersion(b))) === (left < right ? -1 : left > right ? 1 : 0);
  });
});
