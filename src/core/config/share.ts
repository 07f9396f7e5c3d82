import * as z from "zod";
import type { Bps } from "../ids.ts";
import { nameOf, said } from "./fields.ts";

const shareShape = /^(\d{1,3})(\.\d{1,2})?\s?%$/;

/** `"12.5%"` as basis points (1250). Takes only text that `shareField` has accepted. */
const toBps = (text: string): Bps => Math.round(Number.parseFloat(text) * 100);

/** Basis points as people write them: 1250 is `"12.5%"`. */
export const shareText = (bps: Bps): string => `${bps / 100}%`;

/** A share in percent with up to two decimals, read as basis points. A bare number is refused: 50 % or 50 in 10 000? */
export const shareField = (about: string, example: string) =>
  z
    .string({ error: (issue) => wrongShare(issue.input, example) })
    .regex(shareShape, { error: (issue) => wrongShare(issue.input, example) })
    .refine((text) => toBps(text) <= 10_000, { error: said("is more than 100%", `Write at most 100%.`) })
    .meta({ description: about, examples: [example] })
    .transform(toBps);

function wrongShare(input: unknown, example: string): string {
  if (input === undefined) return said("is missing", `Write a share, for example ${example}.`);
  if (typeof input === "number") {
    const percent = input > 0 && input < 1 ? input * 100 : input;
    return said("must be a share in percent, not a bare number", `Write ${percent}% if that is what you mean.`);
  }
  const what = typeof input === "string" ? JSON.stringify(input.slice(0, 40)) : nameOf(input);
  return said(
    `must be a share in percent, not ${what}`,
    `Write a number and %, with at most two decimals: ${example}.`,
  );
}
