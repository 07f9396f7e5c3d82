import type { Draft, Experience } from "../../src/core/draft.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import type { ObserveRule } from "../../src/core/learning.ts";

const noRule: Omit<ObserveRule, "kind" | "event"> = {
  description: "",
  routes: [],
  fields: {},
  value: null,
  item: false,
  pointer: null,
  parameter: null,
  after: null,
  without: null,
  minutes: null,
};

/** A draft in which every column of every table is set to something that isn't its default. */
export const sampleDraft = (site: string): Draft => ({
  site: {
    key: site as SiteKey,
    hosts: [`${site}.example`, `*.${site}.example`],
    origin: "https://origin.example:8443",
    cookie: { name: "visit", domain: ".example", maxAgeDays: 30 },
    bots: "exclude",
    consent: "required",
    serverTiming: true,
    originTimeoutMs: 5000,
    profileDeadlineMs: 20,
    redirectHosts: ["shop.example"],
    enabled: false,
    decisionsHeader: true,
    client: "app",
    unknownEvents: "reject",
    retentionDays: 30,
    review: { required: true, ownApproval: false },
  },
  apps: {
    reader: { kind: "client", key: "ck_0123456789abcdef", origins: ["https://books.example"] },
    backend: { kind: "server", tokenHash: "0".repeat(64) },
  },
  events: {
    buy: {
      description: "a sale",
      purposes: ["analytics"],
      props: { sku: { type: "text", required: true }, price: { type: "number", required: false } },
    },
    "cart:open": { description: "", purposes: ["analytics", "personalization"], props: null },
  },
  routes: { home: { path: "/", query: { q: "*" }, methods: ["GET"], surface: "json", errors: true } },
  audiences: { night: { description: "reads late", when: { "trait.readingHour": { $gte: 22 } } } },
  slots: {
    title: {
      description: "what the page says first",
      type: "text",
      version: 3,
      default: 'Books for "every" mood — 本',
      schema: null,
      html: { selector: "#hero h1", action: "setAttribute", name: "title" },
      json: { pointer: "/hero/title" },
    },
    list: {
      description: "",
      type: "list",
      version: 1,
      default: [1, null],
      schema: { type: "array" },
      html: null,
      json: null,
    },
    nothing: { description: "", type: "json", version: 1, default: null, schema: null, html: null, json: null },
  },
  observe: {
    left: {
      ...noRule,
      description: "a basket left behind",
      kind: "absence",
      event: "abandoned_basket",
      after: "add_to_basket",
      without: "order",
      minutes: 60,
    },
    added: {
      ...noRule,
      kind: "form",
      event: "add_to_basket",
      routes: [{ path: "/basket", query: { a: "*" }, methods: ["POST"], surface: "html" }],
      fields: { item: "book" },
      value: "quantity",
    },
    seen: { ...noRule, kind: "json", event: "stock", item: true, pointer: "/stock", parameter: "q" },
  },
  traits: {
    spent: { description: "", kind: "sum", event: "order", where: { art: true }, of: "total", levels: null },
    level: { description: "how keen", kind: "level", event: "view", where: null, of: null, levels: { keen: 3 } },
  },
  affinities: { genre: { description: "shelves", of: "category", events: { view: 1, order: 5 }, halfLifeDays: 14 } },
  metrics: {
    basket: { description: "", kind: "ratio", event: "add_to_basket", denominator: "view", withinHours: 1.5 },
  },
  layers: { home: { description: "", seed: "home-1", unit: "user" } },
  holdouts: {
    all: { description: "", seed: "out", unit: "visitor", coverageBps: 500, scope: null },
    some: { description: "", seed: "out2", unit: "visitor", coverageBps: 1, scope: ["hero"] },
  },
  experiences: {
    hero: experience({ audience: "night", namespace: { id: "n", from: 0, to: 0.5 } }),
    own: experience({ audience: { "context.country": "DE" }, layer: null, schedule: null, fallbackUnit: null }),
    everyone: experience({ audience: null, variants: [], filters: [], force: [], prerequisites: [] }),
  },
});

export const experience = (changes: Partial<Experience>): Experience => ({
  description: "two titles",
  kind: "bandit",
  enabled: false,
  priority: -3,
  routes: [{ path: "/", query: {}, methods: ["GET", "HEAD"], surface: "html" }],
  audience: null,
  coverageBps: 9999,
  holdbackBps: 100,
  unit: "trait.account",
  fallbackUnit: "visitor",
  seed: "hero-2",
  hashVersion: 1,
  layer: {
    key: "home",
    ranges: [
      [0, 5000],
      [6000, 10_000],
    ],
  },
  namespace: null,
  filters: [{ seed: "f", unit: "user", hashVersion: 1, ranges: [[0, 0.25]] }],
  prerequisites: [
    { experience: "own", variants: ["warm"] },
    { slot: "title", when: { value: { $ne: "" } } },
  ],
  schedule: { from: "2026-01-01T00:00", until: null, timeZone: "Europe/Berlin", days: [1, 5], hours: [8, 17.5] },
  sticky: "visitor",
  version: 4,
  minVersion: 2,
  force: [{ when: { "trait.tester": true }, variant: "warm" }],
  variants: [
    {
      key: "warm",
      description: "",
      weightBps: 5000,
      ranges: [[0, 10]],
      slots: { title: "Hi" },
      operations: [],
      move: null,
    },
    {
      key: "control",
      description: "as it was",
      weightBps: 5000,
      ranges: null,
      slots: {},
      operations: [
        { selector: ".offer", action: "addClass", name: null, value: "offer--night" },
        { pointer: "/offers/*/price", action: "set", value: { cents: 1 }, within: "script#data" },
        { header: "x-arm", action: "set", value: "warm" },
      ],
      move: { kind: "redirect", location: "https://shop.example/", status: 302 },
    },
    {
      key: "aa",
      description: "",
      weightBps: 0,
      ranges: null,
      slots: {},
      operations: [],
      move: { kind: "serve", path: "/b" },
    },
  ],
  metrics: [{ metric: "basket", role: "guardrail" }],
  ...changes,
});
