import { never } from "../logic.ts";
import type { Operator, OperatorFamily } from "../operator.ts";
import { compareVersion, paddedVersion } from "../version.ts";

/** A version is a few characters. A longer value is none, and every comparison with it false. */
const maxVersionUnits = 1000;

/** @param wanted tells from a negative, zero or positive number whether the value stands rightly to the operand. */
const comparing =
  (wanted: (sign: number) => boolean): Operator =>
  (operand, path, { report }) => {
    if (typeof operand !== "string" && !Number.isFinite(operand)) {
      report(path, "This is no version.", 'Write the version in quotes: "1.2.3".');
    }
    const bound = versionText(operand);
    if (bound.length > maxVersionUnits) {
      report(path, "This version is too long.", `Use at most ${maxVersionUnits} characters.`);
      return never;
    }
    const padded = paddedVersion(bound);
    return (value) => {
      const text = versionText(value);
      return text.length <= maxVersionUnits && wanted(compareVersion(text, padded));
    };
  };

/** What is neither text nor number, and the empty text, is version 0. */
function versionText(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : "0";
}

/** Versions as GrowthBook orders them: semantic versions, a `v` before and a build behind left out. */
export const version: OperatorFamily = {
  $veq: comparing((sign) => sign === 0),
  $vne: comparing((sign) => sign !== 0),
  $vgt: comparing((sign) => sign > 0),
  $vgte: comparing((sign) => sign >= 0),
  $vlt: comparing((sign) => sign < 0),
  $vlte: comparing((sign) => sign <= 0),
};
