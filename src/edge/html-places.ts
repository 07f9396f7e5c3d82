import type { Decision, PlannedHtml } from "../core/decision.ts";
import { htmlOperations } from "../core/operation/html-operations.ts";
import type { Apply, PageText } from "../core/operation/operation.ts";
import type { Result } from "../core/result.ts";
import { type OutcomeRecord, wordsOf } from "./render-outcome.ts";

/** One operation, ready to be applied to any element that matches. */
export interface Step {
  readonly experience: string;
  readonly planned: PlannedHtml;
  readonly apply: Apply;
}

/** One selector: who watches it, and what is done where it matches, in the order of doing. */
export interface Place {
  readonly selector: string;
  readonly watchers: readonly string[];
  readonly steps: readonly Step[];
}

interface Draft {
  readonly watchers: string[];
  readonly steps: Step[];
}

/**
 * Every place of a page that a decision looks at, one for each distinct selector.
 *
 * Values are rendered and checked here, once per response and before the first byte, so that nothing can go wrong
 * between two bytes. What fails is recorded and left out. Steps run from the lowest priority to the highest: the last
 * word is the highest one's.
 */
export function placesOf(decision: Decision, page: PageText, record: OutcomeRecord): readonly Place[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (selector: string): Draft => {
    const draft = drafts.get(selector) ?? { watchers: [], steps: [] };
    drafts.set(selector, draft);
    return draft;
  };
  for (const { experience, plan } of decision.given.toReversed()) {
    for (const selector of plan.watchedSelectors) draftOf(selector).watchers.push(experience);
    for (const planned of plan.html) {
      const step = stepOf(experience, planned, decision, page, record);
      if (step !== null) draftOf(planned.selector).steps.push(step);
    }
  }
  return [...drafts].map(([selector, draft]) => ({ selector, ...draft }));
}

function stepOf(
  experience: string,
  planned: PlannedHtml,
  decision: Decision,
  page: PageText,
  record: OutcomeRecord,
): Step | null {
  try {
    const value = planned.value?.(decision.scope) ?? "";
    const prepared = preparedOf(planned, value, page);
    if (prepared.ok) return { experience, planned, apply: prepared.value };
    record.fail(experience, `${planned.action} ${planned.selector}: ${prepared.error}`);
  } catch (error) {
    record.fail(experience, `${planned.action} ${planned.selector}: ${wordsOf(error)}`);
  }
  return null;
}

/** How an operation was prepared last. */
interface Prepared {
  readonly value: string;
  readonly page: PageText;
  readonly result: Result<Apply, string>;
}

const preparedBefore = new WeakMap<PlannedHtml, Prepared>();

/** Most values are the same on every page, and checking them costs more than all else here. What is kept depends on nothing but the value. */
function preparedOf(planned: PlannedHtml, value: string, page: PageText): Result<Apply, string> {
  const last = preparedBefore.get(planned);
  if (last?.value === value && last.page.asciiOnly === page.asciiOnly && last.page.xml === page.xml) return last.result;
  const result = htmlOperations[planned.action].prepare({ name: planned.name, value, page });
  preparedBefore.set(planned, { value, page, result });
  return result;
}
