import fc from "fast-check";
import { htmlActions } from "../../../src/core/config/operation.ts";
import type {
  App,
  Draft,
  EventKind,
  Experience,
  Operation,
  Purpose,
  Range,
  RoutePattern,
  SitePolicy,
  Slot,
  Variant,
} from "../../../src/core/draft.ts";
import { eventNameShape } from "../../../src/core/event-name.ts";
import { keyShape, type SiteKey } from "../../../src/core/ids.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Affinity, ComputedTrait, ObserveRule } from "../../../src/core/learning.ts";

/** Drafts that use every feature of the file format, whether or not they make sense together. */
const key = fc.oneof(
  fc.constantFrom("home", "control", "warm", "1", "0", "a_b", "constructor"),
  fc.stringMatching(keyShape),
);
const words = fc.string({ maxLength: 30, unit: "grapheme" });
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes("__proto__"))
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);
const object = fc.dictionary(
  words.filter((name) => name !== "__proto__"),
  json,
  { maxKeys: 3 },
) as fc.Arbitrary<JsonObject>;
const bps = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0, 1, 3333, 5000, 9999, 10_000));
const unit = fc.constantFrom("visitor", "user", "session", "trait.company");
const dictionary = <T>(member: fc.Arbitrary<T>) =>
  fc.dictionary(key, member, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<Record<string, T>>;
const maybe = <T>(member: fc.Arbitrary<T>) => fc.option(member, { nil: null });

const range: fc.Arbitrary<Range> = fc.tuple(bps, bps);
const path = words.map((rest) => `/${rest}`);
const text = fc.string({ maxLength: 20 });

/** A member that is there, or is left out: one that is `false` has no place in a draft. */
const sometimes = <T extends object>(whole: fc.Arbitrary<T>, name: keyof T & string): fc.Arbitrary<T> =>
  fc.tuple(whole, fc.boolean()).map(([value, has]) => (has ? { ...value, [name]: true } : value));

const plainRoute: fc.Arbitrary<RoutePattern> = fc.record({
  path,
  query: fc.dictionary(fc.constantFrom("q", "page"), words, { noNullPrototype: true }),
  methods: fc.constantFrom(["GET", "HEAD"], ["GET"], ["POST", "PUT"]),
  surface: fc.constantFrom("html", "json", "pass"),
});
const route = sometimes(plainRoute, "errors");

const slot: fc.Arbitrary<Slot> = fc.record({
  description: words,
  type: fc.constantFrom("text", "html", "number", "boolean", "image", "url", "json", "list"),
  version: fc.integer({ min: 1, max: 9 }),
  default: json,
  schema: maybe(object),
  html: maybe(
    fc.record({
      selector: text,
      action: fc.constantFrom(...htmlActions),
      name: maybe(fc.constantFrom("src", "href", "")),
    }),
  ),
  json: maybe(fc.record({ pointer: path })),
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ selector: text, action: fc.constantFrom(...htmlActions), name: maybe(text), value: maybe(words) }),
  fc.record({
    pointer: path,
    action: fc.constantFrom("set" as const, "remove" as const, "append" as const),
    value: json,
    within: maybe(text),
  }),
  fc.record({
    header: text,
    action: fc.constantFrom("set" as const, "append" as const, "remove" as const),
    value: maybe(words),
  }),
);

const variant: fc.Arbitrary<Variant> = fc.record({
  key,
  description: words,
  weightBps: bps,
  ranges: maybe(fc.array(range, { maxLength: 2 })),
  slots: dictionary(json),
  operations: fc.array(operation, { maxLength: 3 }),
  move: fc.oneof(
    fc.constant(null),
    fc.record({ kind: fc.constant("serve" as const), path }),
    fc.record({ kind: fc.constant("redirect" as const), location: path, status: fc.constant(302 as const) }),
  ),
});

const experience = (layers: readonly string[], routes: readonly RoutePattern[]): fc.Arbitrary<Experience> =>
  fc.record({
    description: words,
    kind: fc.constantFrom("experiment", "personalization", "rollout", "bandit"),
    enabled: fc.boolean(),
    priority: fc.integer({ min: -5, max: 5 }),
    routes: fc.array(routes.length === 0 ? route : fc.oneof(route, fc.constantFrom(...routes)), { maxLength: 2 }),
    audience: maybe(fc.oneof(key, object)),
    coverageBps: bps,
    holdbackBps: bps,
    unit,
    fallbackUnit: maybe(unit),
    seed: words,
    hashVersion: fc.constantFrom(1, 2),
    layer:
      layers.length === 0
        ? fc.constant(null)
        : maybe(fc.record({ key: fc.constantFrom(...layers), ranges: fc.array(range, { maxLength: 2 }) })),
    namespace: maybe(fc.record({ id: words, from: fraction, to: fraction })),
    filters: fc.array(
      fc.record({
        seed: words,
        unit,
        hashVersion: fc.constantFrom(1, 2),
        ranges: fc.array(fractions, { maxLength: 2 }),
      }),
      { maxLength: 1 },
    ),
    prerequisites: fc.array(
      fc.oneof(
        fc.record({ experience: key, variants: fc.array(key, { maxLength: 2 }) }),
        fc.record({ slot: key, when: fc.constantFrom({ value: true }, { $not: { value: { $gt: 3 } } }) }),
      ),
      { maxLength: 2 },
    ),
    schedule: maybe(
      fc.record({
        from: maybe(fc.constantFrom("2026-11-27", "2026-11-27T09:00", "2026-11-27T09:00:00+01:00")),
        until: maybe(fc.constantFrom("2027-02-28T23:59Z")),
        timeZone: fc.constantFrom("UTC", "Europe/Berlin"),
        days: maybe(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 })),
        hours: maybe(fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 }))),
      }),
    ),
    sticky: fc.constantFrom("none", "visitor", "user"),
    version: fc.integer({ min: 0, max: 9 }),
    minVersion: fc.integer({ min: 0, max: 9 }),
    force: fc.array(fc.record({ when: object, variant: key }), { maxLength: 2 }),
    variants: fc.uniqueArray(variant, { maxLength: 4, selector: (arm) => arm.key }),
    metrics: fc.array(fc.record({ metric: key, role: fc.constantFrom("primary", "secondary", "guardrail") }), {
      maxLength: 3,
    }),
  });

const fraction = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const fractions = fc.tuple(fraction, fraction);

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== "__proto__");
const watched = (methods: readonly string[]) => route.map((pattern) => ({ ...pattern, methods }));

const rule: fc.Arbitrary<ObserveRule> = fc.constantFrom("view", "form", "json", "search", "absence").chain((kind) =>
  fc.record({
    description: words,
    kind: fc.constant(kind),
    event: name,
    routes: fc.array(watched(kind === "form" ? ["POST"] : ["GET"]), { maxLength: 2 }),
    fields: fc.dictionary(name, name, { maxKeys: 2, noNullPrototype: true }),
    value: maybe(name),
    item: fc.boolean(),
    pointer: maybe(path),
    parameter: maybe(name),
    after: maybe(name),
    without: maybe(name),
    minutes: maybe(fc.integer({ min: 1, max: 600 })),
  }),
) as fc.Arbitrary<ObserveRule>;

const trait: fc.Arbitrary<ComputedTrait> = fc.record({
  description: words,
  kind: fc.constantFrom("count", "sum", "last", "distinct", "daysSince", "streak", "level"),
  event: name,
  where: maybe(object),
  of: maybe(name),
  levels: maybe(fc.dictionary(name, fc.nat(1000), { maxKeys: 3, noNullPrototype: true })),
});

const affinity: fc.Arbitrary<Affinity> = fc.record({
  description: words,
  of: name,
  events: fc.dictionary(name, fc.integer({ min: 1, max: 100 }), { maxKeys: 3, noNullPrototype: true }),
  halfLifeDays: fc.integer({ min: 1, max: 365 }),
});

/** Left out when empty, as a file leaves it out. */
const learning = fc
  .record({ observe: dictionary(rule), traits: dictionary(trait), affinities: dictionary(affinity) })
  .map((maps) => Object.fromEntries(Object.entries(maps).filter(([, map]) => Object.keys(map).length > 0)));
const app: fc.Arbitrary<App> = fc.oneof(
  fc.record({
    kind: fc.constant("client" as const),
    key: fc.stringMatching(/^ck_[a-z0-9]{16}$/),
    origins: fc.array(fc.constantFrom("https://books.example"), { maxLength: 1 }),
  }),
  fc.record({ kind: fc.constant("server" as const), tokenHash: fc.stringMatching(/^[0-9a-f]{64}$/) }),
);

const eventKind: fc.Arbitrary<EventKind> = fc.record({
  description: words,
  purposes: fc.constantFrom<Purpose[]>(["analytics"], ["personalization"], ["analytics", "personalization"]),
  props: maybe(
    fc.dictionary(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,9}$/),
      fc.record({ type: fc.constantFrom("text", "number", "boolean"), required: fc.boolean() }),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
}) as fc.Arbitrary<EventKind>;

/** At least one member: an empty map is left out of a draft. */
const some = <T>(name: fc.Arbitrary<string>, member: fc.Arbitrary<T>) =>
  fc.dictionary(name, member, { minKeys: 1, maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Record<string, T>>;

/** What a draft may leave out altogether. */
const collected = fc.record(
  { apps: some(key, app), events: some(fc.stringMatching(eventNameShape), eventKind) },
  { requiredKeys: [] },
);
const collectPolicy = fc.record(
  {
    unknownEvents: fc.constantFrom("accept", "reject"),
    retentionDays: fc.integer({ min: 1, max: 3650 }),
    review: fc.record({ required: fc.boolean(), ownApproval: fc.boolean() }),
    client: fc.constantFrom("page", "app"),
  },
  { requiredKeys: [] },
);

export const draft: fc.Arbitrary<Draft> = fc
  .tuple(dictionary(fc.record({ description: words, seed: words, unit })), dictionary(route))
  .chain(([layers, routes]) =>
    fc.record({
      site: sometimes<SitePolicy>(
        fc.record({
          key: fc.constantFrom("bookshop" as SiteKey, "s-2" as SiteKey),
          hosts: fc.array(fc.constantFrom("books.example", "*", "*.example.com"), { maxLength: 2 }),
          origin: fc.constantFrom("https://origin.example", "http://localhost:8080"),
          cookie: fc.record({
            name: fc.constantFrom("caramel", "cv"),
            domain: maybe(fc.constant("example.com")),
            maxAgeDays: fc.integer({ min: 1, max: 400 }),
          }),
          bots: fc.constantFrom("stable", "exclude"),
          consent: fc.constantFrom("optOut", "required"),
          serverTiming: fc.boolean(),
          originTimeoutMs: fc.integer({ min: 100, max: 120_000 }),
          profileDeadlineMs: fc.integer({ min: 0, max: 5000 }),
          redirectHosts: fc.array(fc.constantFrom("shop.example"), { maxLength: 1 }),
          enabled: fc.boolean(),
        }),
        "decisionsHeader",
      ),
      routes: fc.constant(routes),
      audiences: dictionary(fc.record({ description: words, when: object })),
      slots: dictionary(slot),
      metrics: dictionary(
        fc.record({
          description: words,
          kind: fc.constantFrom("conversion", "count", "sum", "ratio", "duration", "retention"),
          event: words,
          denominator: maybe(words),
          withinHours: fc.integer({ min: 1, max: 2160 }),
        }),
      ),
      layers: fc.constant(layers),
      holdouts: dictionary(
        fc.record({
          description: words,
          seed: words,
          unit,
          coverageBps: bps,
          scope: maybe(fc.array(key, { maxLength: 2 })),
        }),
      ),
      experiences: dictionary(experience(Object.keys(layers), Object.values(routes))),
    }),
  )
  .chain((written) => learning.map((learnt) => ({ ...written, ...learnt })))
  .chain((plain) =>
    fc
      .tuple(collected, collectPolicy)
      .map(([more, policy]) => ({ ...plain, ...more, site: { ...plain.site, ...policy } })),
  ) as fc.Arbitrary<Draft>;
