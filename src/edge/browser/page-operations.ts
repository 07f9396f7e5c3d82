import type { Decision, GivenVariant, PlannedHtml } from "../../core/decision.ts";
import type { HtmlAction } from "../../core/draft.ts";
import { htmlOperations } from "../../core/operation/html-operations.ts";
import type { PageOperation } from "../../core/page-operation.ts";

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
 */
export const operationsOf = ({ plan }: GivenVariant, { scope }: Decision): readonly PageOperation[] =>
  plan.html.flatMap((planned) => operationOf(planned, scope) ?? []);

function operationOf({ selector, action, name, value }: PlannedHtml, scope: Decision["scope"]): PageOperation | null {
  try {
    const rendered = value?.(scope) ?? "";
    if (!htmlOperations[action].prepare({ name, value: rendered, page }).ok) return null;
    return { selector, ...carries[action](name ?? "", rendered) };
  } catch {
    return null;
  }
}
