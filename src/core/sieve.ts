import { type Answer, answerTo, fails, holds, inOrder, kindOf, unknown } from "./answers.ts";
import type { Part, Test } from "./audience.ts";
import type { CompiledExperience } from "./experience.ts";
import type { AskedFact } from "./question.ts";
import type { Subject } from "./subject.ts";

/**
 * Picks, of many experiences, those whose requirements a subject meets, before any gate is asked.
 *
 * Experiences on a page ask much the same: a country, a device, a plan. Here each fact is read once a page and answers all
 * plain questions about it by a look-up; whatever else is asked is asked once. An experience that is turned down costs a
 * look at a number or two that lie side by side in memory: no call, no allocation, no walk through objects that the
 * processor's cache has long forgotten.
 */
export class Sieve {
  readonly #experiences: readonly CompiledExperience[];
  readonly #answers: readonly Answer[];
  /** The test of each distinct requirement, by its place. */
  readonly #tests: readonly Test[];
  /** Places of requirements, experience by experience. */
  readonly #required: Int32Array;
  /** Where the requirements of each experience end in `#required`; they begin where those of the one before end. */
  readonly #ends: Int32Array;
  /** By place. Wiped at the start of every pass, none of which is ever interrupted: it outlives no page. */
  readonly #verdicts: Uint8Array;

  constructor(experiences: readonly CompiledExperience[]) {
    const { places, answers } = arrange(new Set(experiences.flatMap(({ requires }) => requires)));
    const required = experiences.map(({ requires }) => requires.map((part) => places.get(part) ?? -1));
    let end = 0;
    this.#ends = Int32Array.from(required, ({ length }) => {
      end += length;
      return end;
    });
    this.#experiences = experiences;
    this.#answers = answers;
    this.#tests = [...places.keys()].map(({ test }) => test);
    this.#required = Int32Array.from(required.flat());
    this.#verdicts = new Uint8Array(places.size);
  }

  /** The experiences that may let the subject in, in their order. What it leaves out would have refused the subject. */
  through(subject: Subject): readonly CompiledExperience[] {
    const through: CompiledExperience[] = [];
    const [required, ends, verdicts] = [this.#required, this.#ends, this.#verdicts];
    verdicts.fill(unknown);
    for (const answer of this.#answers) answer(subject, verdicts);
    let at = 0;
    for (let index = 0; index < ends.length; index += 1) {
      const end = ends[index] ?? 0;
      while (at < end) {
        const place = required[at] ?? 0;
        if ((verdicts[place] || this.#ask(place, subject)) === fails) break;
        at += 1;
      }
      const experience = this.#experiences[index];
      if (at === end && experience !== undefined) through.push(experience);
      at = end;
    }
    return through;
  }

  #ask(place: number, subject: Subject): number {
    const verdict = this.#tests[place]?.(subject) ? holds : fails;
    this.#verdicts[place] = verdict;
    return verdict;
  }
}

/** Gives each requirement a place, so that those that are answered together stand together. */
function arrange(parts: ReadonlySet<Part>): { places: ReadonlyMap<Part, number>; answers: readonly Answer[] } {
  const places = new Map<Part, number>();
  const answers: Answer[] = [];
  const plain = new Map<string, Map<AskedFact, Part>>();
  for (const part of parts) {
    if (part.asked === null) continue;
    const kind = kindOf(part.asked);
    plain.set(kind, (plain.get(kind) ?? new Map<AskedFact, Part>()).set(part.asked, part));
  }
  for (const together of plain.values()) {
    const asked = inOrder([...together.keys()]);
    answers.push(answerTo(asked, places.size));
    for (const each of asked) {
      const part = together.get(each);
      if (part !== undefined) places.set(part, places.size);
    }
  }
  for (const part of parts) if (!places.has(part)) places.set(part, places.size);
  return { places, answers };
}
