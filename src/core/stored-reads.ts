import type { CompiledAudience } from "./audience.ts";
import { compileWhen } from "./audience.ts";
import { compileTrait } from "./computed-trait.ts";
import type { Draft, Experience, Unit } from "./draft.ts";
import { fnv1a32 } from "./hash.ts";
import { canonicalJson, isObject, type Json } from "./json.ts";
import type { Profile } from "./profile.ts";

/**
 * The stored facts that a release reads, found when it is compiled. A copy near the visitor is written again only when one of
 * these has changed; and a copy kept for other reads says so by its `print`, and is written again when it is next read.
 */
export interface StoredReads {
  /** Events whose counters are read, by conditions or through computed traits: the visit cookie carries these. */
  readonly events: ReadonlySet<string>;
  /** Stands for all that is read. */
  readonly print: string;
  /** Whether some fact that is read differs. */
  readonly differ: (before: Profile, after: Profile) => boolean;
}

/** What two releases read together, while visitors get one or the other. */
export const bothReads = (one: StoredReads, other: StoredReads): StoredReads =>
  one.print === other.print
    ? one
    : {
        events: new Set([...one.events, ...other.events]),
        print: `${one.print}+${other.print}`,
        differ: (before, after) => one.differ(before, after) || other.differ(before, after),
      };

interface Reads {
  readonly events: ReadonlySet<string>;
  /** `null`: any trait, since a template prints the whole visitor. */
  readonly traits: ReadonlySet<string> | null;
  readonly affinities: ReadonlySet<string>;
  readonly sticky: readonly string[];
  readonly habit: boolean;
  readonly items: boolean;
}

export function storedReadsOf(draft: Draft, audiences: ReadonlyMap<string, CompiledAudience>): StoredReads {
  const reads = readsOf(draft, audiences);
  const { events, traits, affinities, ...rest } = reads;
  const named = {
    events: [...events].sort(),
    traits: traits && [...traits].sort(),
    affinities: [...affinities].sort(),
  };
  const print = fnv1a32(canonicalJson({ ...named, ...rest })).toString(36);
  const facts = (profile: Profile) => canonicalJson(factsRead(profile, reads) as unknown as Json);
  return { events, print, differ: (before, after) => before !== after && facts(before) !== facts(after) };
}

function readsOf(draft: Draft, audiences: ReadonlyMap<string, CompiledAudience>): Reads {
  const experiences = Object.entries(draft.experiences);
  const paths = [
    ...[...audiences.values()].flatMap(({ reads }) => reads),
    ...experiences.flatMap(([, experience]) => pathsOf(experience, audiences)),
    ...unitsOf(draft),
  ];
  const under = (root: string) =>
    paths.filter((path) => path.startsWith(`${root}.`)).map((path) => path.slice(root.length + 1));
  const printed = experiences.map(([, { variants }]) => traitsPrinted(JSON.stringify(variants)));
  const traits = new Set([
    ...under("trait").map((path) => path.split(".")[0] ?? ""),
    ...printed.flatMap((names) => names ?? []),
  ]);
  const isAny = printed.includes(null);
  return {
    events: new Set([...under("event").map(eventOf), ...countedFor(draft, isAny ? null : traits)]),
    traits: isAny ? null : traits,
    affinities: new Set(under("affinity")),
    sticky: experiences.filter(([, { sticky }]) => sticky !== "none").map(([key]) => key),
    habit: under("habit").length > 0,
    items: under("recent").length > 0,
  };
}

const eventOf = (path: string): string => path.slice(0, path.lastIndexOf("."));

function pathsOf({ audience, force }: Experience, audiences: ReadonlyMap<string, CompiledAudience>): readonly string[] {
  const own = [...(isObject(audience) ? [audience] : []), ...force.map(({ when }) => when)];
  return own.flatMap((when) => compileWhen(when, (key) => audiences.get(key) ?? null).reads);
}

/** `trait.company` is read as a unit too. */
const unitsOf = ({ experiences, holdouts, layers }: Draft): readonly Unit[] => [
  ...Object.values(experiences).flatMap(({ unit, fallbackUnit, filters }) => [
    unit,
    fallbackUnit ?? unit,
    ...filters.map((filter) => filter.unit),
  ]),
  ...Object.values(holdouts).map(({ unit }) => unit),
  ...Object.values(layers).map(({ unit }) => unit),
];

/** The traits that templates print, as `visitor.<name>`; `null` when they use the visitor in any other way. */
function traitsPrinted(text: string): readonly string[] | null {
  const named = [...text.matchAll(/\bvisitor\.([\w-]+)/g)].map(([, name]) => name ?? "");
  return named.length === text.split("visitor").length - 1 ? named : null;
}

/** Events from whose counters these traits follow. */
const countedFor = ({ traits = {} }: Draft, read: ReadonlySet<string> | null): readonly string[] =>
  Object.entries(traits)
    .filter(([key, trait]) => (read === null || read.has(key)) && compileTrait(key, trait).gather === null)
    .map(([, { event }]) => event);

function factsRead(profile: Profile, reads: Reads) {
  const { traits } = reads;
  const isTrait = (key: string) => traits === null || traits.has(key);
  return {
    traits: only(profile.traits, isTrait),
    computed: only(profile.computed ?? {}, isTrait),
    events: only(profile.events, (name) => reads.events.has(name)),
    affinities: only(profile.affinities, (key) => reads.affinities.has(key)),
    interests: interestsRead(profile, reads),
    sticky: only(profile.sticky, (key) => reads.sticky.includes(key)),
    habit: reads.habit ? (profile.habit ?? []) : [],
    items: reads.items ? (profile.items ?? []) : [],
  };
}

/** A value's share follows from all of its dimension. */
function interestsRead({ interests = [] }: Profile, { affinities }: Reads) {
  if (affinities.size === 0) return [];
  const dimensions = new Set([...affinities].map((key) => key.split(".")[0]));
  return interests
    .map(([day, weights]) => [day, only(weights, (key) => dimensions.has(key.split(".")[0]))] as const)
    .filter(([, weights]) => Object.keys(weights).length > 0);
}

const only = <T>(record: Readonly<Record<string, T>>, isRead: (key: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => isRead(key)));
