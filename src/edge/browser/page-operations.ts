import type { Decision, GivenVariant, PlannedHtml } from "../../core/decision.ts";
import type { HtmlAction } from "../../core/draft.ts";
import { htmlOperations } from "../../core/operation/html-operations.ts";
import type { PageOperation } from "../../core/page-operation.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { wordsOf } from "../render-outcome.ts";

/** What a browser can make of text and HTML needs no references. */
const page = { asciiOnly: false, xml: false };

/** How a browser carries an action out. */
type Carry = (name: string, value: string) => Omit<PageOperation, "selector">;

const carries: Readonly<Record<HtmlAction, Carry>> = {
  setText: (_, value) => ({ act: "text", value }),
  setHtml: (_, value) => ({ act: "replaceChildren", value }),
  setAttribute: (name, value) => ({ act: "attribute", name, value }),
  removeAttribute: (name) => ({ act: "attribute", name }),
  addClass: (_, value) => ({ act: "class", value }),
  removeClass: (_, value) => ({ act: "-class", value }),
  setStyle: (name, value) => ({ act: "style", name, value }),
  prepend: (_, value) => ({ act: "prepend", value }),
  append: (_, value) => ({ act: "append", value }),
  before: (_, value) => ({ act: "before", value }),
  after: (_, value) => ({ act: "after", value }),
  replace: (_, value) => ({ act: "replaceWith", value }),
  // Hidden rather than taken away: an app may look for the element, to take it away itself, and fail without it.
  remove: () => ({ act: "style", name: "display", value: "none!important" }),
};

/**
 * What a variant does to pages, as a browser carries it out: values rendered, and checked as they are before they go into a
 * page of ours. What fails is left out, as it would be there.
 *
 * @param failed hears of what was left out, and why.
 */
export const operationsOf = (
  { plan, experience }: GivenVariant,
  { scope }: Decision,
  failed: (what: string) => void,
): readonly PageOperation[] =>
  plan.html.flatMap((planned) => {
    const operation = operationOf(planned, scope);
    if (operation.ok) return operation.value;
    failed(`${experience}: ${planned.action} ${planned.selector}: ${operation.error}`);
    return [];
  });

function operationOf(
  { selector, action, name, value }: PlannedHtml,
  scope: Decision["scope"],
): Result<PageOperation, string> {
  try {
    const rendered = value?.(scope) ?? "";
    const prepared = htmlOperations[action].prepare({ name, value: rendered, page });
    return prepared.ok ? ok({ selector, ...carries[action](name ?? "", rendered) }) : prepared;
  } catch (error) {
    return fail(wordsOf(error));
  }
}
