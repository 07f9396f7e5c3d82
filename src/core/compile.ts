import { type CompiledAudience, compileAudiences, type KnownParts } from "./audience.ts";
import { queryOf } from "./context.ts";
import { type Declarations, declarationsOf } from "./declarations.ts";
import type { RoutePattern } from "./draft.ts";
import { type CompiledExperience, type CompileParts, compileExperience } from "./experience.ts";
import type { ReleaseId } from "./ids.ts";
import { type CompiledRule, type Watching, watchingsOf } from "./observe.ts";
import type { Release } from "./release.ts";
import { contestedPlaces } from "./rivals.ts";
import { RouteIndex } from "./route-index.ts";
import { queryFits } from "./route-pattern.ts";
import { Sieve } from "./sieve.ts";
import { type SlotValue, SlotValues } from "./slot-value.ts";
import { type StoredReads, storedReadsOf } from "./stored-reads.ts";
import type { Subject } from "./subject.ts";

/** A release made ready to decide with: closures and indexes, built once per isolate. */
export interface CompiledRelease {
  readonly id: ReleaseId;
  readonly release: Release;
  readonly audiences: ReadonlyMap<string, CompiledAudience>;
  /** Every experience, switched off or not, by precedence: highest priority first, equals by key. */
  readonly experiences: readonly CompiledExperience[];
  /** The value of a slot for a subject, and which experience gave it; `null` for a slot that does not exist. */
  readonly slotFor: (key: string, subject: Subject) => SlotValue | null;
  /** Traits and affinities that follow from events. */
  readonly declarations: Declarations;
  /** The stored facts that its decisions and templates read. */
  readonly storedReads: StoredReads;
  /** What the live experiences may do to a request, and what watches it; `null` when nothing of ours concerns it. */
  readonly routeOf: (method: string, path: string, search: string) => CompiledRoute | null;
}

/** What can happen to requests of one kind. */
export interface CompiledRoute {
  /** By precedence, with the pattern by which each is here. */
  readonly candidates: readonly Candidate[];
  /** The same, without their patterns. */
  readonly experiences: readonly CompiledExperience[];
  /** Rules that make events of what passes here. */
  readonly observes: readonly CompiledRule[];
  /** Over the same experiences. */
  readonly sieve: Sieve;
  /** Some candidate needs a stored fact. */
  readonly needsProfile: boolean;
  /** Some candidate may change where the page comes from: the origin is asked only after deciding. */
  readonly mayMove: boolean;
}

/** An experience with the pattern by which it is here. */
export interface Candidate {
  readonly experience: CompiledExperience;
  readonly pattern: RoutePattern;
}

/** Weights that a bandit has learnt, by experience key: they arrive beside the release and override its own. */
export type BanditWeights = Readonly<Record<string, readonly number[]>>;

/**
 * Compiles a release. Pure, and forgiving: what a publish would have refused is switched off rather than thrown at a page.
 *
 * @throws never for a release that passed its checks; a malformed one may throw, and the caller keeps what it had.
 */
export function compileRelease(release: Release, weights: BanditWeights = {}): CompiledRelease {
  const draft = release.content;
  const knownParts: KnownParts = new Map();
  const audiences = compileAudiences(draft.audiences, knownParts);
  const byKey = new Map<string, CompiledExperience>();
  const slots = new SlotValues(draft.slots);
  const parts: CompileParts = {
    draft,
    audiences,
    weights,
    knownParts,
    contested: contestedPlaces(draft),
    find: (key) => byKey.get(key) ?? null,
    slotValue: (key, subject) => slots.find(key, subject)?.value ?? null,
  };
  for (const [key, experience] of Object.entries(draft.experiences)) {
    byKey.set(key, compileExperience(key, experience, parts));
  }
  const experiences = [...byKey.values()].sort(byPrecedence);
  slots.add(experiences);
  const slotFor = (key: string, subject: Subject) => slots.find(key, subject);
  const declarations = declarationsOf(draft);
  const storedReads = storedReadsOf(draft, audiences);
  const routeOf = routeFinder(release, experiences, watchingsOf(draft, storedReads.events));
  return { id: release.id, release, audiences, experiences, slotFor, declarations, storedReads, routeOf };
}

const byPrecedence = (one: CompiledExperience, other: CompiledExperience): number =>
  other.priority - one.priority || (one.key < other.key ? -1 : 1);

type Part = Candidate | Watching;
type Entry = Part | "pass";

function routeFinder(
  release: Release,
  experiences: readonly CompiledExperience[],
  watchings: readonly Watching[],
): CompiledRelease["routeOf"] {
  const order = new Map(experiences.map((experience, at) => [experience, at]));
  const index = new RouteIndex<Entry, Found>((entries) => foundIn(entries, order));
  for (const route of Object.values(release.content.routes)) {
    if (route.surface === "pass") index.add(route, "pass");
  }
  for (const experience of experiences.filter(({ isEnabled }) => isEnabled)) {
    for (const pattern of experience.routes) index.add(pattern, { experience, pattern });
  }
  for (const watching of watchings) index.add(watching.pattern, watching);
  return (method, path, search) => index.find(method, path)(search);
}

/** What a path's patterns come to, given the query. */
type Found = (search: string) => CompiledRoute | null;

/** Where a route says `pass`, no experience acts; what is watched there is watched all the same. */
function foundIn(entries: readonly Entry[], order: ReadonlyMap<CompiledExperience, number>): Found {
  const isPassed = entries.includes("pass");
  const orderOf = (part: Part) => (isCandidate(part) ? (order.get(part.experience) ?? 0) : -1);
  const parts = entries
    .filter((entry) => entry !== "pass")
    .filter((part) => !(isPassed && isCandidate(part)))
    .sort((one, other) => orderOf(one) - orderOf(other));
  if (parts.some(asksQuery)) return byQuery(parts);
  const route = routeOf(parts);
  return () => route;
}

const isCandidate = (part: Part): part is Candidate => "experience" in part;

const asksQuery = ({ pattern }: Part): boolean => Object.keys(pattern.query).length > 0;

/** Queries of one path whose routes are remembered. */
const mostRemembered = 100;

/** Routes that depend on the query, too. Each is compiled once for all queries that meet the same of the patterns. */
function byQuery(parts: readonly Part[]): Found {
  const asking = parts.filter(asksQuery);
  const remembered = new Map<string, CompiledRoute | null>();
  return (search) => {
    const query = queryOf(search);
    const missed = new Set(asking.filter(({ pattern }) => !queryFits(pattern.query, query)));
    const key = asking.map((part) => (missed.has(part) ? "-" : "+")).join("");
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const route = routeOf(parts.filter((part) => !missed.has(part)));
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, route);
    return route;
  };
}

/** An experience whose patterns overlap is a candidate once. */
const once = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter(({ experience }, at) => candidates[at - 1]?.experience !== experience);

function routeOf(parts: readonly Part[]): CompiledRoute | null {
  if (parts.length === 0) return null;
  const candidates = once(parts.filter(isCandidate));
  const observes = [...new Set(parts.flatMap((part) => (isCandidate(part) ? [] : [part.rule])))];
  const experiences = candidates.map(({ experience }) => experience);
  return {
    candidates,
    experiences,
    observes,
    sieve: new Sieve(experiences),
    needsProfile: experiences.some(({ needsProfile }) => needsProfile),
    mayMove: experiences.some(({ mayMove }) => mayMove),
  };
}
