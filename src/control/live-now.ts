import * as z from "zod";
import type { LivePointer } from "../core/release.ts";
import { releaseStates } from "../core/review.ts";
import { answer } from "./endpoint.ts";
import { problemEntry, releaseId, siteKey, timeMs } from "./openapi/shapes.ts";

export const releaseState = z
  .enum(releaseStates)
  .describe("Where it stands; `void`: approved, but the draft was edited since; `made`: nobody has decided anything.");

/** A release that some visitors get before the others. */
export const stagedShape = z.object({
  release: releaseId,
  shareBps: z.int().describe("In basis points: 10 000 are all."),
  seed: z.string(),
});

/** What is live, as every answer that changes it says. */
export const liveNow = z.object({
  site: siteKey,
  release: releaseId,
  killed: z.boolean(),
  publishedAtMs: timeMs,
  staged: stagedShape.nullable(),
  problems: z.array(problemEntry).optional(),
});

export const liveAnswer = (
  { site, release, killed, publishedAtMs, staged }: LivePointer,
  rest: object = {},
  status: 200 | 201 = 201,
): Response => answer({ site, release, killed, publishedAtMs, staged: staged ?? null, ...rest }, { status });
