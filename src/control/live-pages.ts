import { at } from "../core/check/each.ts";
import type { Draft, Experience, RoutePattern } from "../core/draft.ts";
import { operationsOf } from "../core/plan.ts";
import { type Problem, warning } from "../core/problem.ts";
import { segmentsOf } from "../core/route-pattern.ts";
import { type Asker, within } from "./live-asker.ts";

/** A page of the website as it is now, and how often each selector was found on it. */
export interface CheckedPage {
  readonly path: string;
  /** `null`: it did not answer. */
  readonly status: number | null;
  readonly matches: Readonly<Record<string, number>>;
}

/** Bounds of one check: what is beyond is not looked at, and the answer says so. */
const pagesAtMost = 20;
const pageBytes = 2_000_000;

/** The page that stands for a route: `null` for one whose paths can't be known. */
export function pagePathOf({ path, query, surface, methods }: RoutePattern): string | null {
  if (surface !== "html" || !methods.includes("GET")) return null;
  const segments = segmentsOf(path);
  const fixed = segments.at(-1) === "*" ? segments.slice(0, -1) : segments;
  if (fixed.some((segment) => segment.startsWith(":"))) return null;
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "*")).toString();
  return `/${fixed.join("/")}${search === "" ? "" : `?${search}`}`;
}

const selectorsOf = ({ variants }: Experience, { slots }: Draft): readonly string[] => [
  ...new Set(
    variants.flatMap((one) => operationsOf(one, slots)).flatMap((one) => ("selector" in one ? [one.selector] : [])),
  ),
];

/** Fetches the pages that experiences act on, and counts what their selectors find there. */
export async function checkPages(draft: Draft, ask: Asker) {
  const wanted = new Map<string, Set<string>>();
  for (const experience of Object.values(draft.experiences).filter(({ enabled }) => enabled)) {
    const selectors = selectorsOf(experience, draft);
    for (const route of selectors.length === 0 ? [] : experience.routes) {
      const path = pagePathOf(route);
      if (path !== null) wanted.set(path, new Set([...(wanted.get(path) ?? []), ...selectors]));
    }
  }
  const asked = [...wanted].slice(0, pagesAtMost);
  const pages = await within(asked, ([path, selectors]) => checkPage(path, [...selectors], draft, ask));
  return { pages, leftOut: wanted.size - asked.length, problems: problemsOf(draft, pages) };
}

async function checkPage(path: string, selectors: readonly string[], draft: Draft, ask: Asker): Promise<CheckedPage> {
  const response = await ask("GET", `${draft.site.origin}${path}`);
  if (response === null) return { path, status: null, matches: {} };
  const { status } = response;
  if (status !== 200 || !/html/i.test(response.headers.get("content-type") ?? "")) {
    await response.body?.cancel();
    return { path, status, matches: {} };
  }
  return { path, status, matches: await countMatches(response, selectors) };
}

async function countMatches(response: Response, selectors: readonly string[]): Promise<Record<string, number>> {
  const matches: Record<string, number> = Object.fromEntries(selectors.map((selector) => [selector, 0]));
  let rewriter = new HTMLRewriter();
  for (const selector of selectors) {
    const element = () => {
      matches[selector] = (matches[selector] ?? 0) + 1;
    };
    rewriter = rewriter.on(selector, { element });
  }
  const { body } = rewriter.transform(response);
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > pageBytes) break;
    }
  } catch {
    // What was counted before the page broke off is counted.
  }
  return matches;
}

/** What people should know: pages that don't answer as pages, and selectors that are on none of their pages. */
function problemsOf(draft: Draft, pages: readonly CheckedPage[]): readonly Problem[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return Object.entries(draft.experiences).flatMap(([key, experience]) => {
    if (!experience.enabled) return [];
    const own = experience.routes.flatMap((route, index) => {
      const page = byPath.get(pagePathOf(route) ?? "");
      return page === undefined ? [] : [{ page, index }];
    });
    const broken = own.filter(({ page }) => page.status !== 200);
    const whole = own.filter(({ page }) => page.status === 200).map(({ page }) => page);
    return [
      ...broken.map(({ page, index }) => brokenProblem(page, at("experiences", key, "routes", index))),
      ...(whole.length === 0 ? [] : missing(experience, key, draft, whole)),
    ];
  });
}

const brokenProblem = ({ path, status }: CheckedPage, where: string): Problem =>
  warning(
    where,
    status === null ? `The website does not answer for ${path}.` : `The website answers ${status} for ${path}.`,
    "See whether the page is there; what is answered otherwise is not personalised.",
  );

const missing = (
  experience: Experience,
  key: string,
  draft: Draft,
  pages: readonly CheckedPage[],
): readonly Problem[] =>
  selectorsOf(experience, draft)
    .filter((selector) => pages.every(({ matches }) => (matches[selector] ?? 0) === 0))
    .map((selector) =>
      warning(
        at("experiences", key),
        `"${selector.slice(0, 100)}" is found on none of its pages: ${pages.map(({ path }) => path).join(", ")}.`,
        "Look at the page's source as the website sends it; what scripts add later is not found.",
      ),
    );
