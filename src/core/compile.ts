import { type CompiledAudience, compileAudiences } from "./audience.ts";
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
  const audiences = compileAudiences(draft.audiences);
  const byKey = new Map<string, CompiledExperience>();
  const slots = new SlotValues(draft.slots);
  const parts: CompileParts = {
    draft,
    audiences,
    weights,
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
  const watchings = watchingsOf(draft, storedReads.events);
  const routeOf = routeFinder(release, experiences, watchings);
  return { id: release.id, release, audiences, experiences, slotFor, declarations, storedReads, routeOf };
}

const byPrecedence = (one: CompiledExperience, other: CompiledExperience): number =>
  other.priority - one.priority || (one.key < other.key ? -1 : 1);

type Entry = Candidate | Watching | "pass";

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
  return (method, path, search) => {
    const found = index.find(method, path);
    return found.asksQuery ? fitting(found, search) : found.route;
  };
}

interface Found {
  readonly candidates: readonly Candidate[];
  readonly watchings: readonly Watching[];
  readonly route: CompiledRoute | null;
  /** Some pattern asks for query parameters: the route then depends on more than the path. */
  readonly asksQuery: boolean;
}

/** Where a route says `pass`, no experience acts; what is watched there is watched all the same. */
function foundIn(entries: readonly Entry[], order: ReadonlyMap<CompiledExperience, number>): Found {
  const isPassed = entries.includes("pass");
  const parts = entries.filter((entry) => entry !== "pass");
  const candidates = isPassed ? [] : parts.filter((part) => "experience" in part);
  const watchings = parts.filter((part) => "rule" in part);
  candidates.sort((one, other) => (order.get(one.experience) ?? 0) - (order.get(other.experience) ?? 0));
  const asksQuery = [...candidates, ...watchings].some(({ pattern }) => Object.keys(pattern.query).length > 0);
  return { candidates, watchings, route: routeOf(once(candidates), rulesIn(watchings)), asksQuery };
}

function fitting({ candidates, watchings }: Found, search: string): CompiledRoute | null {
  const query = queryOf(search);
  const fits = ({ pattern }: { readonly pattern: RoutePattern }) => queryFits(pattern.query, query);
  return routeOf(once(candidates.filter(fits)), rulesIn(watchings.filter(fits)));
}

const rulesIn = (watchings: readonly Watching[]): readonly CompiledRule[] => [
  ...new Set(watchings.map(({ rule }) => rule)),
];

/** An experience whose patterns overlap is a candidate once. */
const once = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter(({ experience }, at) => candidates[at - 1]?.experience !== experience);

const routeOf = (candidates: readonly Candidate[], observes: readonly CompiledRule[]): CompiledRoute | null =>
  candidates.length + observes.length === 0
    ? null
    : {
        candidates,
        experiences: candidates.map(({ experience }) => experience),
        observes,
        needsProfile: candidates.some(({ experience }) => experience.needsProfile),
        mayMove: candidates.some(({ experience }) => experience.mayMove),
      };
