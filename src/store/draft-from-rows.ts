import * as z from "zod";
import type {
  App,
  Audience,
  Draft,
  EventKind,
  Experience,
  Holdout,
  Layer,
  Metric,
  RoutePattern,
  SitePolicy,
  Slot,
  Variant,
} from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import { type Problem, pointerOf, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { type Columns, columnsOf } from "./column.ts";
import * as shapes from "./draft-json.ts";
import type { DraftRows, ExperienceRow, RowOf, VariantRow } from "./draft-rows.ts";
import { readLearning } from "./learning-rows.ts";

const names = z.array(z.string());
const words = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values);
const hashVersions = z.union([z.literal(1), z.literal(2)]);

/** Reads one entity out of its row. */
type Reader<Row, T> = (row: Row, read: Columns) => T;

/** @returns the draft, or every problem of every row: none hides behind another. */
export function draftFromRows(rows: DraftRows): Result<Draft, Problem[]> {
  const problems: Problem[] = [];
  const record = <Row extends { key: string }, T>(table: string, of: readonly Row[], reader: Reader<Row, T>) =>
    Object.fromEntries(of.map((row) => [row.key, reader(row, columnsOf({ table, keys: [row.key] }, problems))]));
  const arms = variantsByExperience(rows.variants, problems);
  /** Left out when there is none: the draft is then the one it was before there could be any. */
  const some = <T>(table: "observe" | "traits" | "affinities", reader: Reader<RowOf<"observe">, T>) =>
    rows[table].length === 0 ? {} : { [table]: record(table, rows[table], reader) };
  const draft: Draft = {
    site: sitePolicy(rows.site, columnsOf({ table: "sites", keys: [rows.site.key] }, problems)),
    routes: record("routes", rows.routes, route),
    audiences: record("audiences", rows.audiences, audience),
    slots: record("slots", rows.slots, slot),
    metrics: record("metrics", rows.metrics, metric),
    layers: record("layers", rows.layers, layer),
    holdouts: record("holdouts", rows.holdouts, holdout),
    ...some("observe", readLearning.observe),
    ...some("traits", readLearning.traits),
    ...some("affinities", readLearning.affinities),
    experiences: record("experiences", rows.experiences, (row, read) => experience(row, read, arms.get(row.key) ?? [])),
    ...(rows.apps.length === 0 ? {} : { apps: record("apps", rows.apps, app) }),
    ...(rows.eventKinds.length === 0 ? {} : { events: record("event_kinds", rows.eventKinds, eventKind) }),
  };
  problems.push(...orphans(rows));
  return problems.length > 0 ? fail(problems) : ok(draft);
}

function sitePolicy(row: RowOf<"sites">, read: Columns): SitePolicy {
  return {
    key: row.key as SiteKey,
    hosts: read.json("hosts", row.hosts, names, []),
    origin: row.origin,
    cookie: { name: row.cookieName, domain: row.cookieDomain, maxAgeDays: row.cookieMaxAgeDays },
    bots: read.plain("bots", row.bots, words("stable", "exclude"), "stable"),
    consent: read.plain("consent", row.consent, words("optOut", "required"), "optOut"),
    serverTiming: read.flag("server_timing", row.serverTiming),
    originTimeoutMs: row.originTimeoutMs,
    profileDeadlineMs: row.profileDeadlineMs,
    redirectHosts: read.json("redirect_hosts", row.redirectHosts, names, []),
    enabled: read.flag("enabled", row.enabled),
    ...(row.unknownEvents === null
      ? {}
      : { unknownEvents: read.plain("unknown_events", row.unknownEvents, words("accept", "reject"), "accept") }),
    ...(row.retentionDays === null ? {} : { retentionDays: row.retentionDays }),
    ...(read.flag("decisions_header", row.decisionsHeader) ? { decisionsHeader: true } : {}),
    ...(row.review === null
      ? {}
      : { review: read.json("review", row.review, shapes.review, { required: true, ownApproval: false }) }),
    ...(row.client === null ? {} : { client: read.plain("client", row.client, words("page", "app"), "page") }),
  };
}

const app = (row: RowOf<"apps">, read: Columns): App =>
  row.tokenHash === null
    ? { kind: "client", key: row.clientKey ?? "", origins: read.json("origins", row.origins, names, []) }
    : { kind: "server", tokenHash: row.tokenHash };

const eventKind = (row: RowOf<"eventKinds">, read: Columns): EventKind => ({
  description: row.description,
  purposes: read.json("purposes", row.purposes, shapes.purposes, []),
  props: row.props === null ? null : read.json("props", row.props, shapes.propRules, {}),
});

const route = (row: RowOf<"routes">, read: Columns): RoutePattern => ({
  path: row.path,
  query: read.json("query", row.query, z.record(z.string(), z.string()), {}),
  methods: read.json("methods", row.methods, names, []),
  surface: read.plain("surface", row.surface, words("html", "json", "pass"), "html"),
  ...(read.flag("errors", row.errors) ? { errors: true } : {}),
});

const audience = (row: RowOf<"audiences">, read: Columns): Audience => ({
  description: row.description,
  when: read.json("condition", row.condition, shapes.jsonObject, {}),
});

const slotTypes = words("text", "html", "number", "boolean", "image", "url", "json", "list");

const slot = (row: RowOf<"slots">, read: Columns): Slot => ({
  description: row.description,
  type: read.plain("type", row.type, slotTypes, "text"),
  version: row.version,
  default: read.json("default_value", row.defaultValue, shapes.anyJson, null),
  schema: row.schema === null ? null : read.json("schema", row.schema, shapes.jsonObject, {}),
  html: row.htmlSelector === null ? null : slotPlace(row, row.htmlSelector, read),
  json: row.jsonPointer === null ? null : { pointer: row.jsonPointer },
});

const slotPlace = (row: RowOf<"slots">, selector: string, read: Columns): Slot["html"] => ({
  selector,
  action: read.plain("html_action", row.htmlAction ?? "setText", shapes.htmlAction, "setText"),
  name: row.htmlName,
});

const metricKinds = words("conversion", "count", "sum", "ratio", "duration", "retention");

const metric = (row: RowOf<"metrics">, read: Columns): Metric => ({
  description: row.description,
  kind: read.plain("kind", row.kind, metricKinds, "conversion"),
  event: row.event,
  denominator: row.denominator,
  withinHours: row.withinHours,
});

const layer = ({ description, seed, unit }: RowOf<"layers">): Layer => ({ description, seed, unit });

const holdout = (row: RowOf<"holdouts">, read: Columns): Holdout => ({
  description: row.description,
  seed: row.seed,
  unit: row.unit,
  coverageBps: row.coverageBps,
  scope: row.scope === null ? null : read.json("scope", row.scope, names, []),
});

const experienceKinds = words("experiment", "personalization", "rollout", "bandit");

const experience = (row: ExperienceRow, read: Columns, variants: readonly Variant[]): Experience => ({
  description: row.description,
  kind: read.plain("kind", row.kind, experienceKinds, "experiment"),
  enabled: read.flag("enabled", row.enabled),
  priority: row.priority,
  routes: read.json("routes", row.routes, z.array(shapes.routePattern), []),
  audience: row.condition === null ? row.audience : read.json("condition", row.condition, shapes.jsonObject, {}),
  ...allocation(row, read),
  prerequisites: read.json("prerequisites", row.prerequisites, shapes.prerequisites, []),
  schedule: row.schedule === null ? null : read.json("schedule", row.schedule, shapes.schedule.nullable(), null),
  sticky: read.plain("sticky", row.sticky, words("none", "visitor", "user"), "none"),
  version: row.version,
  minVersion: row.minVersion,
  force: read.json("force_rules", row.forceRules, shapes.forceRules, []),
  variants,
  metrics: read.json("metrics", row.metrics, shapes.experienceMetrics, []),
});

/** Everything random about an experience. */
const allocation = (row: ExperienceRow, read: Columns) => ({
  coverageBps: row.coverageBps,
  holdbackBps: row.holdbackBps,
  unit: row.unit,
  fallbackUnit: row.fallbackUnit,
  seed: row.seed ?? row.key,
  hashVersion: read.plain("hash_version", row.hashVersion, hashVersions, 2),
  layer:
    row.layer === null
      ? null
      : { key: row.layer, ranges: read.json("layer_ranges", row.layerRanges ?? "[]", shapes.ranges, []) },
  namespace: row.namespace === null ? null : read.json("namespace", row.namespace, shapes.namespace.nullable(), null),
  filters: read.json("filters", row.filters, shapes.filters, []),
});

const variant = (row: VariantRow, read: Columns): Variant => ({
  key: row.key,
  description: row.description,
  weightBps: row.weightBps,
  ranges: row.ranges === null ? null : read.json("ranges", row.ranges, shapes.ranges, []),
  slots: read.json("slots", row.slots, shapes.jsonObject, {}),
  operations: read.json("operations", row.operations, shapes.operations, []),
  move: row.move === null ? null : read.json("move", row.move, shapes.move.nullable(), null),
});

/** The rows come in the order of their position. */
function variantsByExperience(rows: readonly VariantRow[], problems: Problem[]): Map<string, Variant[]> {
  const arms = new Map<string, Variant[]>();
  for (const row of rows) {
    const read = columnsOf({ table: "variants", keys: [row.experience, row.key] }, problems);
    const siblings = arms.get(row.experience) ?? [];
    arms.set(row.experience, [...siblings, variant(row, read)]);
  }
  return arms;
}

/** A variant whose experience is misspelt would otherwise vanish without a word. */
function orphans({ variants, experiences }: DraftRows): Problem[] {
  const known = new Set(experiences.map(({ key }) => key));
  return variants
    .filter(({ experience }) => !known.has(experience))
    .map(({ experience, key }) =>
      problem(
        pointerOf("variants", experience, key, "experience"),
        `variants "${experience}", "${key}", column experience: there is no experience "${experience}"`,
        "Name an experience of the same site, or delete the row.",
      ),
    );
}
