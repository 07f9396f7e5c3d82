import type { EditableElement } from "../core/operation/operation.ts";
import type { Place, Step } from "./html-places.ts";
import { type OutcomeRecord, wordsOf } from "./render-outcome.ts";

/** A rewriter for these places. Its handlers never throw and never wait: either would cut the page in half. */
export function rewriterFor(places: readonly Place[], record: OutcomeRecord): HTMLRewriter {
  const rewriter = new HTMLRewriter();
  for (const place of places) {
    record.match(place.selector, place.watchers, 0);
    rewriter.on(place.selector, { element: (element) => visit(element, place, record) });
  }
  return rewriter;
}

function visit(element: EditableElement, place: Place, record: OutcomeRecord): void {
  record.match(place.selector, place.watchers);
  for (const step of place.steps) run(step, element, record);
}

function run({ apply, experience, planned }: Step, element: EditableElement, record: OutcomeRecord): void {
  try {
    const refusal = apply(element);
    if (refusal !== null) record.fail(experience, `${planned.action} ${planned.selector}: ${refusal}`);
  } catch (error) {
    record.fail(experience, `${planned.action} ${planned.selector}: ${wordsOf(error)}`);
  }
}
