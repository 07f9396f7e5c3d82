import { htmlOperations } from "../core/operation/html-operations.ts";
import type { EditableElement } from "../core/operation/operation.ts";
import type { Place, Step } from "./html-places.ts";
import { isPagePart } from "./page-parts.ts";
import { type OutcomeRecord, wordsOf } from "./render-outcome.ts";

/** Hears of every operation that reaches to its element's end. */
export type NoteReach = (element: Element) => void;

/**
 * A rewriter for these places. Its handlers never throw and never wait: either would cut the page in half. A selector that the
 * platform refuses is recorded and left out: publishing checks them, but what was published before may not be borne later.
 */
export function rewriterFor(places: readonly Place[], record: OutcomeRecord, reach: NoteReach): HTMLRewriter {
  const rewriter = new HTMLRewriter();
  for (const place of places) {
    record.match(place.selector, place.watchers, 0);
    const handlers = { element: (element: Element) => visit(element, place, record, reach) };
    const refused = handleOn(rewriter, place.selector, handlers);
    if (refused !== null) for (const { experience } of place.steps) record.fail(experience, refused);
  }
  return rewriter;
}

/** Lets these handlers see what the selector names. @returns why the platform refuses the selector, or `null`. */
export function handleOn(
  rewriter: HTMLRewriter,
  selector: string,
  handlers: HTMLRewriterElementContentHandlers,
): string | null {
  try {
    rewriter.on(selector, handlers);
    return null;
  } catch (error) {
    return `${selector}: ${wordsOf(error)}`;
  }
}

/** Does to an element what is done at its place. Never throws. */
export function visit<E extends EditableElement>(
  element: E,
  place: Place,
  record: OutcomeRecord,
  reach: (element: E) => void,
): void {
  // A second <body> is not one to browsers: its attributes go to the first.
  if (isPagePart(place.selector) && record.matched(place.selector)) return;
  record.match(place.selector, place.watchers);
  for (const step of place.steps) run(step, element, record, reach);
}

function run<E extends EditableElement>(
  step: Step,
  element: E,
  record: OutcomeRecord,
  reach: (element: E) => void,
): void {
  const { apply, experience, planned } = step;
  try {
    const refusal = apply(element);
    if (refusal !== null) record.fail(experience, `${planned.action} ${planned.selector}: ${refusal}`);
    else if (htmlOperations[planned.action].reachesEnd) reach(element);
  } catch (error) {
    record.fail(experience, `${planned.action} ${planned.selector}: ${wordsOf(error)}`);
  }
}
