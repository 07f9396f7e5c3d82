import type { Bps } from "./ids.ts";
import type { Reason, ReasonDetail } from "./reason.ts";

/** The arm a subject was given, or that they were refused, and why. Immutable and shared: deciding allocates none. */
export interface Assignment {
  /** Index among the experience's arms; -1 when refused. */
  readonly arm: number;
  readonly reason: Reason;
  readonly detail: ReasonDetail;
  /** The probability of this arm among those who enter; 0 when refused. */
  readonly propensityBps: Bps;
}

const refusal = (detail: ReasonDetail, reason: Reason = "DEFAULT"): Assignment => ({
  arm: -1,
  reason,
  detail,
  propensityBps: 0,
});

/** Every way to be kept out, made once. */
export const refused = {
  killed: refusal("killed", "DISABLED"),
  schedule: refusal("schedule", "DISABLED"),
  holdout: refusal("holdout"),
  prerequisite: refusal("prerequisite"),
  audience_miss: refusal("audience_miss"),
  layer: refusal("layer"),
  filter: refusal("filter"),
  namespace: refusal("namespace"),
  blocked: refusal("blocked"),
  coverage: refusal("coverage"),
  no_unit: refusal("no_unit"),
  outranked: refusal("outranked"),
  consent: refusal("consent"),
} as const satisfies Record<string, Assignment>;

/** The assignments of every arm that carry this reason, by arm. */
export const grants = (propensitiesBps: readonly Bps[], reason: Reason, detail: ReasonDetail): readonly Assignment[] =>
  propensitiesBps.map((propensityBps, arm) => ({ arm, reason, detail, propensityBps }));
