import { type CompiledRelease, compileRelease } from "../../src/core/compile.ts";
import { Context } from "../../src/core/context.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Draft, Experience } from "../../src/core/draft.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Profile } from "../../src/core/profile.ts";
import { Subject } from "../../src/core/subject.ts";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, type Targeted, visitor } from "./scenario.ts";

/** Ours: routing, the subject of the request, the decision with its reasons and plans. */
export const caramel: Contestant = {
  name: "Caramel",
  prepare: (scenario) => {
    const release = releaseOf(scenario);
    const page = (): Decision => decidePage(release, scenario.path);
    return { page: () => page().given.length, matched: () => page().given.map(({ experience }) => experience) };
  },
};

const profile: Profile = {
  traits: { plan: visitor.plan, segment: visitor.segment, visits: visitor.visits },
  affinities: {},
  events: {},
  sticky: {},
  exposed: [],
};

function decidePage(release: CompiledRelease, path: string): Decision {
  const route = release.routeOf("GET", path, "");
  if (route === null) throw new Error(`nothing is live on ${path}`);
  return decide(release, route, subjectOn(path));
}

/** The visitor on a page, made anew as for every request. */
export function subjectOn(path: string): Subject {
  const context = new Context({
    method: "GET",
    url: `https://books.example${path}`,
    host: "books.example",
    path,
    search: "",
    header: () => null,
    place: { country: visitor.country, region: null, city: null, continent: null, timezone: null },
    nowMs: 1_790_000_000_000,
    returning: true,
  });
  return new Subject({
    context,
    visitor: visitor.id as VisitorId,
    user: null,
    session: `${visitor.id}.1`,
    profile,
    enrolled: {},
    counted: true,
    forced: {},
  });
}

/** The scenario as a compiled release. */
export const releaseOf = ({ experiences }: Scenario): CompiledRelease =>
  compileRelease({
    shape: 1,
    id: "r_00000000000000000000" as ReleaseId,
    site: "bench" as SiteKey,
    content: {
      ...emptyDraft,
      experiences: Object.fromEntries(experiences.map((targeted) => [targeted.key, experienceOf(targeted)])),
    },
  });

const emptyDraft: Draft = {
  site: {
    key: "bench" as SiteKey,
    hosts: ["*"],
    origin: "https://origin.example",
    cookie: { name: "caramel", domain: null, maxAgeDays: 365 },
    bots: "stable",
    consent: "optOut",
    serverTiming: false,
    originTimeoutMs: 30_000,
    profileDeadlineMs: 50,
    redirectHosts: [],
    enabled: true,
  },
  routes: {},
  audiences: {},
  slots: {},
  metrics: {},
  layers: {},
  holdouts: {},
  experiences: {},
};

function experienceOf({ key, path, clauses }: Targeted): Experience {
  const variant = (name: string) => ({
    key: name,
    description: "",
    weightBps: 5000,
    ranges: null,
    slots: {},
    operations: [{ selector: `#${key}`, action: "addClass", name: null, value: name } as const],
    move: null,
  });
  return {
    description: "",
    kind: "experiment",
    enabled: true,
    priority: 0,
    routes: [{ path, query: {}, methods: ["GET"], surface: "html" }],
    audience: Object.assign({}, ...clauses.map(conditionOf)) as JsonObject,
    coverageBps: 10_000,
    holdbackBps: 0,
    unit: "visitor",
    fallbackUnit: null,
    seed: key,
    hashVersion: 2,
    layer: null,
    namespace: null,
    filters: [],
    prerequisites: [],
    schedule: null,
    sticky: "none",
    version: 1,
    minVersion: 0,
    force: [],
    variants: [variant("control"), variant("warm")],
    metrics: [],
  };
}

const facts = { country: "context.country", plan: "trait.plan", segment: "trait.segment", visits: "trait.visits" };

const conditionOf = (clause: Clause): JsonObject => ({
  [facts[clause.fact]]: "oneOf" in clause ? { $in: [...clause.oneOf] } : { $gte: clause.atLeast },
});
