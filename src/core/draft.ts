import type { Bps, SiteKey } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Affinity, ComputedTrait, ObserveRule } from "./learning.ts";

/**
 * A site's configuration as people author it, complete and normalised: defaults filled in, shares in basis points.
 *
 * Files, the API and the rows in D1 are three spellings of this one shape. A draft is never live: `compileRelease` checks
 * it and freezes it into a release.
 */
export interface Draft {
  readonly site: SitePolicy;
  readonly routes: Readonly<Record<string, RoutePattern>>;
  readonly audiences: Readonly<Record<string, Audience>>;
  readonly slots: Readonly<Record<string, Slot>>;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly layers: Readonly<Record<string, Layer>>;
  readonly holdouts: Readonly<Record<string, Holdout>>;
  readonly experiences: Readonly<Record<string, Experience>>;
  /** What the proxy turns into events by itself, by the rule's name. Nothing when left out. */
  readonly observe?: Readonly<Record<string, ObserveRule>>;
  /** Traits computed from events, by the trait's name. None when left out. */
  readonly traits?: Readonly<Record<string, ComputedTrait>>;
  /** What a visitor turns to, by dimension (category, author …). None when left out. */
  readonly affinities?: Readonly<Record<string, Affinity>>;
  /** Applications that read slots over OFREP, and servers that send events. None when left out. */
  readonly apps?: Readonly<Record<string, App>>;
  /** Events that the site declares, by name. None when left out. */
  readonly events?: Readonly<Record<string, EventKind>>;
}

/** What visitors' data may be used for: counting and comparing, or deciding what they see. */
export type Purpose = "analytics" | "personalization";

/** A declared event: what it may be used for, and what its properties may be. */
export interface EventKind {
  readonly description: string;
  /** At least one. An event that names `analytics` is refused where the visitor denies that. */
  readonly purposes: readonly Purpose[];
  /** `null`: any properties. Else these and no others. */
  readonly props: Readonly<Record<string, PropRule>> | null;
}

export interface PropRule {
  readonly type: "text" | "number" | "boolean";
  readonly required: boolean;
}

/** An application that may ask for slot values. A browser's key is public, and good only from its origins; a server's is secret. */
export type App =
  | { readonly kind: "client"; readonly key: string; readonly origins: readonly string[] }
  /** `tokenHash`: SHA-256 of the token, in hexadecimal. */
  | { readonly kind: "server"; readonly tokenHash: string };

export interface SitePolicy {
  readonly key: SiteKey;
  /** Host names as browsers send them, without port; `*.example.com` for every subdomain, `*` for any host. */
  readonly hosts: readonly string[];
  /** Scheme, host and optional port of the origin; no path. */
  readonly origin: string;
  readonly cookie: CookiePolicy;
  readonly bots: "stable" | "exclude";
  readonly consent: "optOut" | "required";
  /** `Server-Timing` on every response of ours. */
  readonly serverTiming: boolean;
  /** How long we wait for the origin's headers, in milliseconds, before we answer 504. */
  readonly originTimeoutMs: number;
  /** How long a page waits for a stored profile before it is decided without. */
  readonly profileDeadlineMs: number;
  /** Other hosts that an experience may redirect visitors to. */
  readonly redirectHosts: readonly string[];
  /** Off: every request passes through untouched. */
  readonly enabled: boolean;
  /** What becomes of events that the site does not declare. Left out: they are accepted. */
  readonly unknownEvents?: "accept" | "reject";
  /** How long events, exposures and profiles of visitors who do not come back are kept. Left out: 395 days. */
  readonly retentionDays?: number;
  /** The origin is told what was decided, in a signed request header; it is then asked only after deciding. No when left out. */
  readonly decisionsHeader?: true;
  /** What must be agreed before a release goes live. Nothing when left out. */
  readonly review?: { readonly required: boolean; readonly ownApproval: boolean };
  /** Pages that experiences may touch get the browser's helper: `app` for single-page apps. None when left out. */
  readonly client?: ClientMode;
}

/** `page`: every page is loaded anew. `app`: a single-page app changes the page by itself. */
export type ClientMode = "page" | "app";

export interface CookiePolicy {
  readonly name: string;
  /** `Domain` attribute for subdomains that share visitors; `null` keeps the cookie to the host. */
  readonly domain: string | null;
  readonly maxAgeDays: number;
}

/** `html` is rewritten as a page, `json` by pointer, `pass` is never touched. */
export type Surface = "html" | "json" | "pass";

/**
 * A pattern of requests. `path`: literal segments, `:name` for exactly one segment, a last `*` for the rest (also none).
 * `query`: parameters that must be there, with that value; `*` accepts any value.
 */
export interface RoutePattern {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly methods: readonly string[];
  readonly surface: Surface;
  /** The origin's error pages (4xx, 5xx) are rewritten too. Only pages with status 200 when left out. */
  readonly errors?: true;
}

export interface Audience {
  readonly description: string;
  /** MongoDB-style condition over context, traits and events. */
  readonly when: JsonObject;
}

export type SlotType = "text" | "html" | "number" | "boolean" | "image" | "url" | "json" | "list";

export interface Slot {
  readonly description: string;
  readonly type: SlotType;
  readonly version: number;
  readonly default: Json;
  /** JSON Schema that values of type `json` and `list` keep to; `null` accepts any. */
  readonly schema: JsonObject | null;
  /** Where pages show it. */
  readonly html: { readonly selector: string; readonly action: HtmlAction; readonly name: string | null } | null;
  /** Where JSON documents carry it. */
  readonly json: { readonly pointer: string } | null;
}

export type MetricKind = "conversion" | "count" | "sum" | "ratio" | "duration" | "retention";

export interface Metric {
  readonly description: string;
  readonly kind: MetricKind;
  readonly event: string;
  /** Only for `ratio`: the event that is divided by. */
  readonly denominator: string | null;
  readonly withinHours: number;
}

/** Experiences in one layer exclude one another: each owns the share of the layer's 10 000 places that it names. */
export interface Layer {
  readonly description: string;
  readonly seed: string;
  readonly unit: Unit;
}

export interface Holdout {
  readonly description: string;
  readonly seed: string;
  readonly unit: Unit;
  readonly coverageBps: Bps;
  /** Experience keys it covers; `null` covers them all. */
  readonly scope: readonly string[] | null;
}

/** What is hashed: `visitor`, `user`, `session`, or `trait.<path>`. */
export type Unit = string;

export type ExperienceKind = "experiment" | "personalization" | "rollout" | "bandit";
export type Sticky = "none" | "visitor" | "user";

/** A half-open range of buckets, in basis points: `[from, to)` of 0 … 10 000. */
export type Range = readonly [from: Bps, to: Bps];

export interface Experience {
  readonly description: string;
  readonly kind: ExperienceKind;
  readonly enabled: boolean;
  /** Among experiences that change the same place, the highest wins; equals are ordered by key. */
  readonly priority: number;
  readonly routes: readonly RoutePattern[];
  /** A named audience, a condition of its own, or `null` for everyone. */
  readonly audience: string | JsonObject | null;
  readonly coverageBps: Bps;
  readonly holdbackBps: Bps;
  readonly unit: Unit;
  readonly fallbackUnit: Unit | null;
  readonly seed: string;
  readonly hashVersion: 1 | 2;
  readonly layer: { readonly key: string; readonly ranges: readonly Range[] } | null;
  readonly namespace: Namespace | null;
  readonly filters: readonly Filter[];
  readonly prerequisites: readonly Prerequisite[];
  readonly schedule: Schedule | null;
  readonly sticky: Sticky;
  readonly version: number;
  /** Visitors enrolled by a version below this one are kept out. */
  readonly minVersion: number;
  readonly force: readonly ForceRule[];
  /** In the order authored: ranges follow it. The first named `control`, else the first, is the baseline. */
  readonly variants: readonly Variant[];
  readonly metrics: readonly { readonly metric: string; readonly role: "primary" | "secondary" | "guardrail" }[];
}

/** GrowthBook's namespace: version-1 hash of `value + "__" + id`, in `[from, to)` as fractions of 1. For imports. */
export interface Namespace {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** GrowthBook's filter: a further hash that must fall into one of the ranges (fractions of 1). For imports. */
export interface Filter {
  readonly seed: string;
  readonly unit: Unit;
  readonly hashVersion: 1 | 2;
  readonly ranges: readonly (readonly [number, number])[];
}

/** Another experience whose variant must be one of these, or a slot whose value must be as required. */
export type Prerequisite = ExperiencePrerequisite | SlotPrerequisite;

export interface ExperiencePrerequisite {
  readonly experience: string;
  /** Variants that open the gate; empty: any variant does. */
  readonly variants: readonly string[];
}

export interface SlotPrerequisite {
  readonly slot: string;
  /** A condition over the slot's value for this visitor, `value`: `{"value": true}`. */
  readonly when: JsonObject;
}

/** Local times without offset are read in `timeZone`; `until` is exclusive; `days` are 0 (Sunday) … 6, `hours` `[from, to)`. */
export interface Schedule {
  readonly from: string | null;
  readonly until: string | null;
  readonly timeZone: string;
  readonly days: readonly number[] | null;
  readonly hours: readonly [number, number] | null;
}

export interface ForceRule {
  readonly when: JsonObject;
  readonly variant: string;
}

export interface Variant {
  readonly key: string;
  readonly description: string;
  readonly weightBps: Bps;
  /** Explicit ranges instead of those that follow from coverage and weights. For imports. */
  readonly ranges: readonly Range[] | null;
  readonly slots: Readonly<Record<string, Json>>;
  readonly operations: readonly Operation[];
  readonly move: Move | null;
}

export type HtmlAction =
  | "setText"
  | "setHtml"
  | "setAttribute"
  | "removeAttribute"
  | "addClass"
  | "removeClass"
  | "setStyle"
  | "prepend"
  | "append"
  | "before"
  | "after"
  | "replace"
  | "remove";

export type JsonAction = "set" | "remove" | "append";

/** One change to a response. Which of the three it is shows in what it points with. */
export type Operation = HtmlOperation | JsonOperation | HeaderOperation;

export interface HtmlOperation {
  readonly selector: string;
  readonly action: HtmlAction;
  /** The attribute, class or style property; `null` where the action needs none. */
  readonly name: string | null;
  /** A Liquid template; `null` where the action needs none. */
  readonly value: string | null;
}

export interface JsonOperation {
  /** RFC 6901; `*` as a whole segment means every member. */
  readonly pointer: string;
  readonly action: JsonAction;
  /** Strings inside may be Liquid templates. */
  readonly value: Json;
  /** For JSON inside a page: the selector of the `<script type="application/json">`; `null` for a JSON response. */
  readonly within: string | null;
}

export interface HeaderOperation {
  readonly header: string;
  readonly action: "set" | "append" | "remove";
  readonly value: string | null;
}

/** Where the page itself comes from: another path of the origin under the visitor's URL, or a redirect. */
export type Move =
  | { readonly kind: "serve"; readonly path: string }
  | { readonly kind: "redirect"; readonly location: string; readonly status: 302 };
