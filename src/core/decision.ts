import type { ExperienceKind, HeaderOperation, HtmlOperation, JsonOperation, Move } from "./draft.ts";
import type { Bps, ReleaseId } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Reason, ReasonDetail } from "./reason.ts";
import type { Template } from "./template.ts";

/** What one visitor gets on one request. Plain data: `render` carries it out, `emit` reports it, explain prints it. */
export interface Decision {
  readonly release: ReleaseId;
  /** Assignments that gave a variant, control included, highest priority first. */
  readonly given: readonly GivenVariant[];
  /** What the page's templates may read. */
  readonly scope: TemplateScope;
}

/** An experience that gave the visitor a variant, and what follows from it. */
export interface GivenVariant {
  readonly experience: string;
  readonly kind: ExperienceKind;
  readonly version: number;
  readonly variant: string;
  readonly reason: Reason;
  readonly detail: ReasonDetail;
  readonly propensityBps: Bps;
  /** Whether an exposure of this assignment counts: never for bots, previews and prefetches. */
  readonly counted: boolean;
  readonly sticky: boolean;
  readonly plan: VariantPlan;
}

/** What a variant does to responses, prepared once per isolate. */
export interface VariantPlan {
  readonly html: readonly PlannedHtml[];
  readonly json: readonly PlannedJson[];
  readonly headers: readonly PlannedHeader[];
  readonly move: Move | null;
  /** Selectors of every arm of the experience, this one's included: matching any of them is an exposure, in every arm. */
  readonly watchedSelectors: readonly string[];
  /** Pointers of every arm, likewise. */
  readonly watchedPointers: readonly string[];
  /** Any arm sets a header: then the exposure is certain once the response is one of ours. */
  readonly watchesHeaders: boolean;
  /** Any arm moves the page: then the exposure is certain when the origin answers. */
  readonly watchesMove: boolean;
  /** Slot values this arm sets, by slot key. */
  readonly slots: Readonly<Record<string, Json>>;
}

export interface PlannedHtml extends Omit<HtmlOperation, "value"> {
  readonly value: Template | null;
}

export interface PlannedJson extends Omit<JsonOperation, "value"> {
  /** Renders the whole value, templates inside it included. */
  readonly value: (scope: TemplateScope) => Json;
}

export interface PlannedHeader extends Omit<HeaderOperation, "value"> {
  readonly value: Template | null;
}

/** The three names a Liquid template may read. */
export interface TemplateScope {
  readonly visitor: JsonObject;
  readonly context: JsonObject;
  readonly slot: JsonObject;
}
