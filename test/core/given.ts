import { type CompiledRelease, compileRelease } from "../../src/core/compile.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import { Context } from "../../src/core/context.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Draft } from "../../src/core/draft.ts";
import type { ReleaseId, SiteKey, UserId, VisitorId } from "../../src/core/ids.ts";
import type { Profile } from "../../src/core/profile.ts";
import { type Release, releaseShape } from "../../src/core/release.ts";
import { Subject } from "../../src/core/subject.ts";

/** What tests say of a site: the file format, without what every site has. */
export function draftFrom(file: Record<string, unknown>): Draft {
  const parsed = parseSiteFile({ site: "shop", hosts: ["shop.example"], origin: "https://origin.example", ...file });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error, null, 1));
  return parsed.value;
}

export function releaseFrom(file: Record<string, unknown>, weights = {}): CompiledRelease {
  const release: Release = {
    shape: releaseShape,
    id: "r_00000000000000000001" as ReleaseId,
    site: "shop" as SiteKey,
    content: draftFrom(file),
  };
  return compileRelease(release, weights);
}

export interface Someone {
  readonly id?: string;
  readonly user?: string;
  readonly session?: string;
  readonly profile?: Partial<Profile>;
  readonly enrolled?: Record<string, { variant: string; version: number }>;
  readonly forced?: Record<string, string>;
  readonly counted?: boolean;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly country?: string;
  readonly timezone?: string;
  readonly at?: string;
}

/** A subject of whom only what matters to the test is said. */
export function subjectFor(someone: Someone = {}): Subject {
  const url = new URL(someone.url ?? "https://shop.example/");
  const context = new Context({
    method: "GET",
    url: url.href,
    host: url.hostname,
    path: url.pathname,
    search: url.search,
    header: (name) => someone.headers?.[name] ?? null,
    place: {
      country: someone.country ?? null,
      region: null,
      city: null,
      continent: null,
      timezone: someone.timezone ?? null,
    },
    nowMs: Date.parse(someone.at ?? "2026-11-23T12:00:00Z"),
    returning: someone.profile !== undefined,
  });
  const profile = { traits: {}, affinities: {}, events: {}, sticky: {}, exposed: [], ...someone.profile };
  return new Subject({
    context,
    visitor: (someone.id ?? "visitor-0000000000001") as VisitorId,
    user: (someone.user ?? null) as UserId | null,
    session: someone.session ?? "visitor-0000000000001.1",
    profile: someone.profile === undefined ? null : profile,
    enrolled: someone.enrolled ?? {},
    counted: someone.counted ?? true,
    forced: someone.forced ?? {},
  });
}

/** What somebody gets on a page of the site. */
export function decideFor(release: CompiledRelease, someone: Someone = {}): Decision {
  const subject = subjectFor(someone);
  const { method, path, search } = subject.context.request;
  const route = release.routeOf(method, path, search);
  if (route === null) return { release: release.id, given: [], scope: { visitor: {}, context: {}, slot: {} } };
  return decide(release, route, subject);
}

/** The variants given, as `experience=variant`, in order of precedence. */
export const givenTo = (release: CompiledRelease, someone: Someone = {}): readonly string[] =>
  decideFor(release, someone).given.map(({ experience, variant }) => `${experience}=${variant}`);

/** Ids enough to see shares. */
export const crowd = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `visitor-${at}-abcdef`);
