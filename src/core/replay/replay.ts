import { type BanditWeights, type CompiledRelease, compileRelease } from "../compile.ts";
import { Context } from "../context.ts";
import { decide } from "../decide.ts";
import type { GivenVariant } from "../decision.ts";
import type { VisitorId } from "../ids.ts";
import { canonicalJson, type Json } from "../json.ts";
import { operationsOf } from "../plan.ts";
import { emptyProfile } from "../profile.ts";
import type { Release } from "../release.ts";
import { Subject } from "../subject.ts";
import { audienceTrait, replayable } from "./known-audiences.ts";
import type { RecordedContext } from "./recorded.ts";

/** What a release would change for visitors like those who were recorded. Shares are of 1. */
export interface Replay {
  /** How many recorded contexts were decided. */
  readonly contexts: number;
  /** How many visitors stand for them: each context is decided for several made-up ones. */
  readonly visitors: number;
  /** Share of visitors who would see something else. */
  readonly changed: number;
  /** Most frequent first. */
  readonly changes: readonly ReplayedChange[];
  /** Experiences that cannot be judged by what was recorded, and are left out. */
  readonly unknown: readonly { readonly experience: string; readonly why: string }[];
}

export interface ReplayedChange {
  readonly experience: string;
  /** The variant given; `null`: none. Where both are the same, its content differs. */
  readonly from: string | null;
  readonly to: string | null;
  readonly share: number;
}

/** Decisions enough that a share is good to about one percent. */
const decisionsWanted = 4_000;
const visitorsAtMost = 200;

/**
 * Decides recorded contexts under what is live and under another release. A made-up visitor is decided by the live one first,
 * and comes back to the other enrolled in what they were given: so sticky experiences hold them as they would.
 */
export function replay(
  live: Release,
  next: Release,
  contexts: readonly RecordedContext[],
  weights: BanditWeights = {},
): Replay {
  const [before, after] = [replayable(live.content, live.content), replayable(next.content, live.content)];
  const unknown = new Map([...before.unknown, ...after.unknown]);
  const sides = [
    compileRelease({ ...live, content: before.draft }, weights),
    compileRelease({ ...next, content: after.draft }, weights),
  ] as const;
  const each = Math.min(visitorsAtMost, Math.max(1, Math.round(decisionsWanted / Math.max(1, contexts.length))));
  const tally: Tally = { changed: 0, changes: new Map() };
  const print = printer();
  contexts.forEach((context, at) => {
    for (let one = 0; one < each; one += 1)
      count(differences(context, `replayed-${at}-${one}`, sides, unknown, print), tally);
  });
  const visitors = contexts.length * each;
  const share = (times: number) => (visitors === 0 ? 0 : times / visitors);
  return {
    contexts: contexts.length,
    visitors,
    changed: share(tally.changed),
    changes: [...tally.changes.values()]
      .sort((one, other) => other.times - one.times || (one.experience < other.experience ? -1 : 1))
      .map(({ times, ...change }) => ({ ...change, share: share(times) })),
    unknown: [...unknown].map(([experience, why]) => ({ experience, why })),
  };
}

type Difference = Omit<ReplayedChange, "share">;

interface Tally {
  changed: number;
  readonly changes: Map<string, Difference & { times: number }>;
}

function count(found: readonly Difference[], tally: Tally): void {
  if (found.length > 0) tally.changed += 1;
  for (const difference of found) {
    const key = JSON.stringify(difference);
    const known = tally.changes.get(key);
    if (known === undefined) tally.changes.set(key, { ...difference, times: 1 });
    else known.times += 1;
  }
}

function differences(
  context: RecordedContext,
  visitor: string,
  [live, next]: readonly [CompiledRelease, CompiledRelease],
  unknown: ReadonlyMap<string, string>,
  print: typeof printOf,
): readonly Difference[] {
  const before = givenBy(live, subjectFor(context, visitor, []));
  const after = givenBy(next, subjectFor(context, visitor, before));
  const keys = new Set([...before, ...after].map(({ experience }) => experience).filter((key) => !unknown.has(key)));
  return [...keys].flatMap((experience) => {
    const [from, to] = [before, after].map((given) => given.find((one) => one.experience === experience));
    if (from?.variant === to?.variant && print(live, from) === print(next, to)) return [];
    return [{ experience, from: from?.variant ?? null, to: to?.variant ?? null }];
  });
}

function givenBy(release: CompiledRelease, subject: Subject): readonly GivenVariant[] {
  const { method, path, search } = subject.context.request;
  const route = release.routeOf(method, path, search);
  return route === null ? [] : decide(release, route, subject).given;
}

function subjectFor(recorded: RecordedContext, visitor: string, enrolled: readonly GivenVariant[]): Subject {
  const { path, query, method, country, continent, timezone, device, language, returning, hourMs } = recorded;
  const search = Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query)}`;
  const headers = new Map([
    ["user-agent", agents[device]],
    ["accept-language", language ?? ""],
  ]);
  return new Subject({
    context: new Context({
      method,
      url: `https://replay.invalid${path}${search}`,
      host: "replay.invalid",
      path,
      search,
      header: (name) => headers.get(name) ?? null,
      place: { country, continent, timezone, region: null, city: null },
      nowMs: hourMs,
      returning,
    }),
    visitor: visitor as VisitorId,
    user: null,
    session: `${visitor}.1`,
    profile: {
      ...emptyProfile,
      traits: Object.fromEntries(recorded.audiences.map((key) => [audienceTrait(key), true])),
    },
    enrolled: Object.fromEntries(
      enrolled.map(({ experience, variant, version }) => [experience, { variant, version }]),
    ),
    counted: false,
    forced: {},
  });
}

/** A browser of each class, as `deviceOf` tells them apart. */
const agents = { desktop: "Replay", mobile: "Replay Mobile", tablet: "Replay Tablet" } as const;

/** What a variant does, as authored; its compiled templates can't be compared. */
function printOf({ release }: CompiledRelease, given: GivenVariant | undefined): string {
  const { experiences, slots } = release.content;
  const variant = given && experiences[given.experience]?.variants.find(({ key }) => key === given.variant);
  if (variant === undefined) return "";
  const { move, slots: values } = variant;
  return canonicalJson({ operations: operationsOf(variant, slots), move, slots: values } as unknown as Json);
}

/** Printed once for each variant of each release. */
function printer(): typeof printOf {
  const known = new WeakMap<CompiledRelease, Map<string, string>>();
  return (release, given) => {
    if (given === undefined) return "";
    const prints = known.get(release) ?? new Map<string, string>();
    known.set(release, prints);
    const key = `${given.experience} ${given.variant}`;
    const print = prints.get(key) ?? printOf(release, given);
    prints.set(key, print);
    return print;
  };
}
