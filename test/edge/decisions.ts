import type { Decision, GivenVariant, PlannedJson, TemplateScope } from "../../src/core/decision.ts";
import type { HtmlOperation, JsonOperation } from "../../src/core/draft.ts";
import type { ReleaseId } from "../../src/core/ids.ts";
import { landingOfHtml } from "../../src/core/operation/html-operations.ts";
import { compileTemplate } from "../../src/core/template.ts";

/** Decisions as the compiler makes them, for tests of what carries them out. */
export const nobody: TemplateScope = { visitor: {}, context: {}, slot: {} };

export type AuthoredHtml = Pick<HtmlOperation, "selector" | "action"> & Partial<HtmlOperation>;
export type AuthoredJson = Pick<JsonOperation, "pointer" | "action"> & Partial<JsonOperation>;

export interface Authored {
  readonly html?: readonly AuthoredHtml[];
  readonly json?: readonly AuthoredJson[];
  readonly watchedSelectors?: readonly string[];
  readonly watchedPointers?: readonly string[];
}

function planHtml({ name = null, value = null, ...rest }: AuthoredHtml) {
  const operation = { name, value, ...rest };
  const compiled = compileTemplate(value ?? "", landingOfHtml(operation));
  if (!compiled.ok) throw new Error(compiled.error);
  return { ...operation, value: value === null ? null : compiled.value };
}

const planJson = ({ value = null, within = null, ...rest }: AuthoredJson): PlannedJson => ({
  ...rest,
  within,
  value: () => value,
});

/** A variant of the experience `experience` with these operations, which also watches their places. */
export function given(experience: string, { html = [], json = [], ...watched }: Authored): GivenVariant {
  return {
    experience,
    kind: "experiment",
    version: 1,
    variant: "warm",
    reason: "SPLIT",
    detail: "split",
    propensityBps: 5000,
    counted: true,
    sticky: false,
    plan: {
      html: html.map(planHtml),
      json: json.map(planJson),
      headers: [],
      move: null,
      watchedSelectors: watched.watchedSelectors ?? [...new Set(html.map(({ selector }) => selector))],
      watchedPointers: watched.watchedPointers ?? [...new Set(json.map(({ pointer }) => pointer))],
      watchesHeaders: false,
      watchesMove: false,
      slots: {},
    },
  };
}

/** A decision that gives these, highest priority first. */
export const decisionOf = (variants: readonly GivenVariant[], scope: TemplateScope = nobody): Decision => ({
  release: "r_test" as ReleaseId,
  given: variants,
  scope,
});

/** The decision of one experience `hero` with these operations. */
export const doing = (...html: AuthoredHtml[]): Decision => decisionOf([given("hero", { html })]);

export const page = (body: string, contentType = "text/html; charset=utf-8"): Response =>
  new Response(body, { headers: { "content-type": contentType } });
