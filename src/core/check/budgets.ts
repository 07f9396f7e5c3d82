import type { Draft, Experience } from "../draft.ts";
import { operationsOf, watchesOf } from "../plan.ts";
import { type Problem, problem, warning } from "../problem.ts";
import { at, ofExperiences } from "./each.ts";

/**
 * What a page or an isolate should be asked to bear. Measured on a page of 60 KB, as CPU of a bare pass-through: 5 selectors
 * 5, 50 ids 8, 500 ids 34. KV holds 25 MB under a key; an isolate parses the release before its first page.
 */
export const budgets = {
  selectorsOnRoute: 50,
  contentBytes: 100_000,
  releaseBytes: 5_000_000,
  releaseBytesAtMost: 20_000_000,
} as const;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;

/** Content that is too heavy for a page, selectors that are too many for a route, a release too large for an isolate. */
export const checkBudgets = (draft: Draft): readonly Problem[] => [
  ...ofExperiences(draft, (experience, key) => contentProblems(experience, key, draft)),
  ...selectorProblems(draft),
  ...sizeProblems(draft),
];

function contentProblems({ variants }: Experience, key: string, { slots }: Draft): readonly Problem[] {
  return variants.flatMap((variant) => {
    const bytes = operationsOf(variant, slots).reduce(
      (sum, { value }) => sum + bytesOf(JSON.stringify(value ?? "")),
      0,
    );
    if (bytes <= budgets.contentBytes) return [];
    const message = `"${variant.key}" brings ${kilobytes(bytes)} into each page; ${kilobytes(budgets.contentBytes)} is plenty.`;
    return [
      warning(
        at("experiences", key, "variants", variant.key),
        message,
        "Put large content into a file that the page loads.",
      ),
    ];
  });
}

/** Experiences of one pattern, on the same pages: their selectors are all looked for at once, in every arm. */
function selectorProblems({ experiences, slots }: Draft): readonly Problem[] {
  const byRoute = new Map<string, Set<string>>();
  for (const { enabled, routes, variants } of Object.values(experiences)) {
    if (!enabled) continue;
    const { watchedSelectors } = watchesOf(variants, slots);
    for (const { path } of routes) {
      const selectors = byRoute.get(path) ?? new Set();
      for (const selector of watchedSelectors) selectors.add(selector);
      byRoute.set(path, selectors);
    }
  }
  return [...byRoute].flatMap(([path, { size }]) => {
    if (size <= budgets.selectorsOnRoute) return [];
    const message = `On ${path} up to ${size} selectors are looked for; each page pays for them.`;
    return [
      warning("/experiences", message, "Give experiences narrower routes or audiences, or let them share selectors."),
    ];
  });
}

function sizeProblems(draft: Draft): readonly Problem[] {
  const bytes = bytesOf(JSON.stringify(draft));
  if (bytes <= budgets.releaseBytes) return [];
  const message = `The configuration has ${kilobytes(bytes)}, which every isolate reads before its first page.`;
  const advice = "Take out experiences that are over; move large content and lists out of it.";
  return [bytes > budgets.releaseBytesAtMost ? problem("", message, advice) : warning("", message, advice)];
}
