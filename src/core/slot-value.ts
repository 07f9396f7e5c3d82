import type { Slot } from "./draft.ts";
import { assignmentFor, type CompiledExperience } from "./experience.ts";
import type { Json } from "./json.ts";
import type { Reason, ReasonDetail } from "./reason.ts";
import type { Subject } from "./subject.ts";

/** What a slot holds for one subject. */
export interface SlotValue {
  readonly value: Json;
  /** The experience that decided it, and the arm; `null` where the default stands. */
  readonly experience: string | null;
  readonly variant: string | null;
  readonly reason: Reason;
  readonly detail: ReasonDetail | null;
}

/**
 * The values of a release's slots, for those who ask for a slot rather than a page: apps, and experiences that require one.
 *
 * Routes play no part. The experience of highest precedence that sets the slot and gives the subject a variant decides, in
 * every arm alike: an arm that leaves the slot alone means its default.
 */
export class SlotValues {
  readonly #slots: Readonly<Record<string, Slot>>;
  readonly #setters = new Map<string, CompiledExperience[]>();

  constructor(slots: Readonly<Record<string, Slot>>) {
    this.#slots = slots;
  }

  /** @param experiences by precedence. */
  add(experiences: readonly CompiledExperience[]): void {
    for (const experience of experiences) {
      for (const key of new Set(experience.arms.flatMap(({ plan }) => Object.keys(plan.slots)))) {
        const known = this.#setters.get(key);
        if (known === undefined) this.#setters.set(key, [experience]);
        else known.push(experience);
      }
    }
  }

  find(key: string, subject: Subject): SlotValue | null {
    const slot = Object.hasOwn(this.#slots, key) ? this.#slots[key] : undefined;
    if (slot === undefined) return null;
    for (const experience of this.#setters.get(key) ?? []) {
      const { arm: at, reason, detail } = assignmentFor(experience, subject);
      const arm = experience.arms[at];
      if (arm === undefined) continue;
      const value = Object.hasOwn(arm.plan.slots, key) ? (arm.plan.slots[key] ?? null) : slot.default;
      return { value, experience: experience.key, variant: arm.key, reason, detail };
    }
    return { value: slot.default, experience: null, variant: null, reason: "DEFAULT", detail: null };
  }
}
