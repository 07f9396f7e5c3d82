/** Why a visitor was given what they were given: OpenFeature's words (resolution reasons, specification 2.2.5). */
export type Reason = "TARGETING_MATCH" | "SPLIT" | "DEFAULT" | "DISABLED" | "STATIC" | "ERROR";

/** Our finer word beside the reason: which gate let the visitor in, or refused them. */
export type ReasonDetail =
  | "forced" // a preview or a force rule chose the variant
  | "killed" // the site or the experience is switched off
  | "schedule" // not now
  | "holdout" // kept out of everything, to measure the whole
  | "prerequisite" // another experience or slot is not as required
  | "audience_miss" // the audience's condition is false
  | "layer" // the visitor's place in the layer belongs to another experience
  | "filter" // outside an imported filter's ranges
  | "namespace" // outside an imported namespace's range
  | "coverage" // outside the share who enter
  | "no_unit" // nothing to hash: the unit and its fallback are missing
  | "sticky" // keeps the variant of an earlier visit
  | "blocked" // enrolled below `minVersion`: kept out
  | "outranked" // an experience of higher priority changes the same place
  | "holdback" // a personalization's share that is left as it was, to measure its uplift
  | "bot" // a crawler: served, never counted
  | "consent" // personalization was not granted
  | "split"; // by hash, coverage and weights
