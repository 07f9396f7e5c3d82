import type { App, Draft, Experience, SitePolicy, Slot, Variant } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { DraftRows, ExperienceRow, RowOf, VariantRow } from "./draft-rows.ts";
import { learningRows } from "./learning-rows.ts";

const json = (value: unknown): string => JSON.stringify(value);
const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const flag = (value: boolean): number => (value ? 1 : 0);

/** The rows that `draftFromRows` reads as this draft again. `revision` and `writing` of the site are the store's to set. */
export function rowsFromDraft(draft: Draft): DraftRows {
  const site = draft.site.key;
  return {
    site: siteRow(draft.site),
    routes: rowsOf(draft.routes, (key, { path, query, methods, surface, errors }) => {
      return { site, key, path, query: json(query), methods: json(methods), surface, errors: flag(errors === true) };
    }),
    audiences: rowsOf(draft.audiences, (key, { description, when }) => {
      return { site, key, description, condition: json(when) };
    }),
    slots: rowsOf(draft.slots, (key, slot) => slotRow(site, key, slot)),
    metrics: rowsOf(draft.metrics, (key, { description, kind, event, denominator, withinHours }) => {
      return { site, key, description, kind, event, denominator, withinHours };
    }),
    layers: rowsOf(draft.layers, (key, { description, seed, unit }) => ({ site, key, description, seed, unit })),
    holdouts: rowsOf(draft.holdouts, (key, { description, seed, unit, coverageBps, scope }) => {
      return { site, key, description, seed, unit, coverageBps, scope: jsonOrNull(scope) };
    }),
    experiences: rowsOf(draft.experiences, (key, experience) => experienceRow(site, key, experience)),
    ...learningRows(site, draft),
    variants: Object.entries(draft.experiences).flatMap(([experience, { variants }]) =>
      variants.map((variant, position) => variantRow(site, experience, variant, position)),
    ),
    apps: rowsOf(draft.apps ?? {}, (key, app) => appRow(site, key, app)),
    eventKinds: rowsOf(draft.events ?? {}, (key, { description, purposes, props }) => {
      return { site, key, description, purposes: json(purposes), props: jsonOrNull(props) };
    }),
  };
}

const rowsOf = <T, Row>(record: Readonly<Record<string, T>>, row: (key: string, value: T) => Row): Row[] =>
  Object.entries(record).map(([key, value]) => row(key, value));

const siteRow = (policy: SitePolicy): RowOf<"sites"> => ({
  key: policy.key,
  hosts: json(policy.hosts),
  origin: policy.origin,
  cookieName: policy.cookie.name,
  cookieDomain: policy.cookie.domain,
  cookieMaxAgeDays: policy.cookie.maxAgeDays,
  bots: policy.bots,
  consent: policy.consent,
  serverTiming: flag(policy.serverTiming),
  originTimeoutMs: policy.originTimeoutMs,
  profileDeadlineMs: policy.profileDeadlineMs,
  redirectHosts: json(policy.redirectHosts),
  enabled: flag(policy.enabled),
  unknownEvents: policy.unknownEvents ?? null,
  retentionDays: policy.retentionDays ?? null,
  decisionsHeader: flag(policy.decisionsHeader === true),
  review: jsonOrNull(policy.review ?? null),
  client: policy.client ?? null,
  revision: 0,
  writing: 0,
});

const appRow = (site: SiteKey, key: string, app: App): RowOf<"apps"> =>
  app.kind === "client"
    ? { site, key, clientKey: app.key, origins: json(app.origins), tokenHash: null }
    : { site, key, clientKey: null, origins: "[]", tokenHash: app.tokenHash };

const slotRow = (site: SiteKey, key: string, slot: Slot): RowOf<"slots"> => ({
  site,
  key,
  description: slot.description,
  type: slot.type,
  version: slot.version,
  defaultValue: json(slot.default),
  schema: jsonOrNull(slot.schema),
  htmlSelector: slot.html?.selector ?? null,
  htmlAction: slot.html?.action ?? null,
  htmlName: slot.html?.name ?? null,
  jsonPointer: slot.json?.pointer ?? null,
});

const experienceRow = (site: SiteKey, key: string, experience: Experience): ExperienceRow => ({
  site,
  key,
  description: experience.description,
  kind: experience.kind,
  enabled: flag(experience.enabled),
  priority: experience.priority,
  routes: json(experience.routes),
  audience: typeof experience.audience === "string" ? experience.audience : null,
  condition: typeof experience.audience === "string" ? null : jsonOrNull(experience.audience),
  coverageBps: experience.coverageBps,
  holdbackBps: experience.holdbackBps,
  unit: experience.unit,
  fallbackUnit: experience.fallbackUnit,
  seed: experience.seed,
  hashVersion: experience.hashVersion,
  layer: experience.layer?.key ?? null,
  layerRanges: jsonOrNull(experience.layer?.ranges ?? null),
  namespace: jsonOrNull(experience.namespace),
  filters: json(experience.filters),
  prerequisites: json(experience.prerequisites),
  schedule: jsonOrNull(experience.schedule),
  sticky: experience.sticky,
  version: experience.version,
  minVersion: experience.minVersion,
  forceRules: json(experience.force),
  metrics: json(experience.metrics),
});

const variantRow = (site: SiteKey, experience: string, variant: Variant, position: number): VariantRow => ({
  site,
  experience,
  key: variant.key,
  description: variant.description,
  position,
  weightBps: variant.weightBps,
  ranges: jsonOrNull(variant.ranges),
  slots: json(variant.slots),
  operations: json(variant.operations),
  move: jsonOrNull(variant.move),
});
