import type { CompiledRelease } from "./compile.ts";
import { decideAmong } from "./decide.ts";
import type { GivenVariant } from "./decision.ts";
import type { CompiledExperience } from "./experience.ts";
import type { Json } from "./json.ts";
import { renderJson } from "./plan.ts";
import type { Reason, ReasonDetail } from "./reason.ts";
import type { Subject } from "./subject.ts";

/** A slot's value for one subject, with the reason: what OpenFeature calls a flag evaluation. */
export interface Flag {
  readonly key: string;
  readonly value: Json;
  /** The variant that decided; `null` when no experience did. */
  readonly variant: string | null;
  readonly reason: Reason;
  readonly detail: ReasonDetail | "default";
  /** The experience that decided, whose exposure this evaluation is; `null` when none did. */
  readonly given: GivenVariant | null;
}

/** The experiences that set each slot in some arm, by precedence. Built once per release. */
export type SlotIndex = ReadonlyMap<string, readonly CompiledExperience[]>;

/** Which experiences decide which slots, on whatever route: an application has none. */
export function slotIndexOf({ release, experiences }: CompiledRelease): SlotIndex {
  const index = new Map<string, CompiledExperience[]>();
  for (const key of Object.keys(release.content.slots)) index.set(key, []);
  for (const experience of experiences) {
    const keys = new Set(experience.arms.flatMap(({ plan }) => Object.keys(plan.slots)));
    for (const key of keys) index.get(key)?.push(experience);
  }
  return index;
}

/**
 * Evaluates slots for a subject: the first experience, by precedence, that gives a variant decides; an arm that does not set the
 * slot (control) gives the default.
 *
 * @param keys slots that exist.
 */
export function evaluateFlags(
  release: CompiledRelease,
  index: SlotIndex,
  keys: readonly string[],
  subject: Subject,
): readonly Flag[] {
  return keys.map((key) => {
    const setters = index.get(key) ?? [];
    const decision = decideAmong(release, setters, subject);
    const given = decision.given[0] ?? null;
    const fallback = release.release.content.slots[key]?.default ?? null;
    if (given === null) return { key, value: fallback, variant: null, given, ...reasonWithout(setters) };
    const authored = Object.hasOwn(given.plan.slots, key) ? (given.plan.slots[key] ?? null) : fallback;
    return {
      key,
      value: renderJson(authored, decision.scope),
      variant: given.variant,
      reason: given.reason,
      detail: given.detail,
      given,
    };
  });
}

/** OpenFeature's words for a default: nothing could have decided, all that could is off, or nobody did. */
function reasonWithout(setters: readonly CompiledExperience[]): Pick<Flag, "reason" | "detail"> {
  if (setters.length === 0) return { reason: "STATIC", detail: "default" };
  if (setters.every(({ isEnabled }) => !isEnabled)) return { reason: "DISABLED", detail: "killed" };
  return { reason: "DEFAULT", detail: "default" };
}
