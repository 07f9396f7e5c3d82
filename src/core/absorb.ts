import type { Purposes } from "./consent.ts";
import type { Envelope, Exposure, VisitorEvent } from "./event.ts";
import type { UserId } from "./ids.ts";

/** A ledger row: an event, and the account the visitor was known by then. */
export interface LedgerEvent extends VisitorEvent {
  readonly user: UserId | null;
}

/** An exposure row, likewise. */
export interface LedgerExposure extends Exposure {
  readonly user: UserId | null;
  /** What it may be used for. Left out: everything. */
  readonly purposes?: Purposes;
}

/** What the ledger already holds of the events and exposures in question. */
export interface Known {
  readonly eventIds: ReadonlySet<string>;
  /** By `exposureKey`. */
  readonly exposures: ReadonlyMap<string, LedgerExposure>;
}

/** Rows to add, and exposures that now stand for their keys. Both empty: nothing new was learnt. */
export interface Learnt {
  readonly events: readonly LedgerEvent[];
  readonly exposures: readonly LedgerExposure[];
}

export const exposureKey = ({ experience, version }: Pick<Exposure, "experience" | "version">): string =>
  `${experience}@${version}`;

/** What the envelopes of one visitor add to the ledger. An event's id counts once; of an exposure, the earliest stands. */
export function absorb(envelopes: readonly Envelope[], known: Known): Learnt {
  const events = new Map<string, LedgerEvent>();
  const exposures = new Map<string, LedgerExposure>();
  for (const { user, purposes, ...envelope } of envelopes) {
    const allowed = purposes === undefined ? {} : { purposes };
    for (const event of envelope.events) {
      if (known.eventIds.has(event.id) || events.has(event.id)) continue;
      events.set(event.id, { ...allowed, ...event, user });
    }
    for (const exposure of envelope.exposures) {
      const key = exposureKey(exposure);
      const standing = exposures.get(key) ?? known.exposures.get(key);
      const sent = { ...allowed, ...exposure, user };
      const stands = standing ? earlier(standing, sent) : sent;
      if (stands !== standing) exposures.set(key, stands);
    }
  }
  return { events: [...events.values()], exposures: [...exposures.values()] };
}

/** The earlier of two; at the same time the smaller variant, so that order never matters. Sticky if either was. */
function earlier(standing: LedgerExposure, other: LedgerExposure): LedgerExposure {
  const takesOver = other.atMs < standing.atMs || (other.atMs === standing.atMs && other.variant < standing.variant);
  const winner = takesOver ? other : standing;
  const sticky = standing.sticky || other.sticky;
  return winner.sticky === sticky ? winner : { ...winner, sticky };
}
