import { absorb } from "../core/absorb.ts";
import { fold } from "../core/fold.ts";
import { forProfile } from "../core/merge.ts";
import type { Profile } from "../core/profile.ts";
import type { VisitorChange, VisitorState } from "../store/visitors.ts";
import { whoKey } from "../store/who.ts";
import { type CopyStores, factsChanged, writeCopies } from "./copies.ts";
import { type Delivery, type Group, inSlices, questionOf, type Understood } from "./groups.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { addressed, type PeopleStores } from "./people.ts";

export interface ConsumerStores extends CopyStores, PeopleStores {
  readonly profiles: CopyStores["profiles"];
  readonly visitors: CopyStores["visitors"] & {
    write(changes: readonly VisitorChange[], nowMs: number): Promise<Set<string>>;
  };
  /** Told of every message that says nothing we understand. It is acknowledged: no repeat would mend it. */
  rejected(message: { readonly id: string; readonly reasons: readonly string[] }): void;
  /** Told when a store failed. What it concerns is delivered again. */
  failed(error: unknown): void;
  /** Whether a change of a profile must reach KV. */
  readonly worthACopy?: (before: Profile, after: Profile) => boolean;
}

/** What a batch came to. */
export interface Tally {
  readonly messages: number;
  readonly events: number;
  readonly exposures: number;
  readonly copies: number;
  readonly rejected: number;
  readonly retried: number;
}

/** A race with another consumer is lost at most so often; then the queue brings the message again later. */
const attemptsAtMost = 8;

/**
 * Takes a batch of the queue into the ledger, the exposures and the profiles.
 *
 * The queue delivers at least once, in any order, to several consumers at once. The effect is that of once: ids that are
 * in the ledger already change nothing, and all that a visitor's messages change is written together and only onto the
 * version it was computed from. A message is acknowledged when D1 has it and the copy in KV agrees; every other is
 * delivered again. Never throws.
 */
export async function consume(deliveries: readonly Delivery[], stores: ConsumerStores, nowMs: number): Promise<Tally> {
  const { understood, rejected, later } = sorted(deliveries, stores);
  for (const delivery of later) again(delivery);
  let tally = { messages: deliveries.length, events: 0, exposures: 0, copies: 0, rejected, retried: later.length };
  for (const groups of inSlices(understood)) {
    const done = await takeIn(groups, stores, nowMs);
    tally = {
      ...tally,
      events: tally.events + done.events,
      exposures: tally.exposures + done.exposures,
      copies: tally.copies + done.copies,
      retried: tally.retried + done.retried,
    };
  }
  return tally;
}

function sorted(deliveries: readonly Delivery[], stores: ConsumerStores) {
  const understood: Understood[] = [];
  const later: Delivery[] = [];
  let rejected = 0;
  for (const delivery of deliveries) {
    const message = parseEnvelope(delivery.body);
    if (message.kind === "envelope") understood.push({ delivery, envelope: message.envelope });
    else if (message.kind === "later") later.push(delivery);
    else {
      stores.rejected({ id: delivery.id, reasons: message.reasons });
      delivery.ack();
      rejected += 1;
    }
  }
  return { understood, later, rejected };
}

/** After 10 s, 40 s, 3 min, 11 min: a store that was away for a quarter of an hour fills no dead letters. */
const again = (delivery: Delivery): void => delivery.retry({ delaySeconds: 10 * 4 ** (delivery.attempts - 1) });

/** A group whose changes D1 has, with the profile before and after. */
interface Settled {
  readonly group: Group;
  readonly before: VisitorState;
  readonly change: VisitorChange;
}

async function takeIn(groups: readonly Group[], stores: ConsumerStores, nowMs: number) {
  const settled: Settled[] = [];
  const dropped: Group[] = [];
  const behind = new Set<string>();
  let copies: Settled[] = [];
  try {
    settled.push(...(await settle(groups, dropped, stores, nowMs)));
    copies = settled.filter((one) => needsCopy(one, stores.worthACopy ?? factsChanged));
    for (const key of await writeCopies(copies.map(copyOf), stores)) behind.add(key);
  } catch (error) {
    stores.failed(error);
    for (const one of copies.length > 0 ? copies : settled) behind.add(whoKey(one.group));
  }
  const taken = settled.filter(({ group }) => !behind.has(whoKey(group)));
  const done = new Set([...taken.map(({ group }) => group), ...dropped].flatMap(({ messages }) => messages));
  for (const { delivery } of done) delivery.ack();
  const left = groups.flatMap(({ messages }) => messages).filter((message) => !done.has(message));
  for (const { delivery } of left) again(delivery);
  return { ...sumOf(settled), copies: copies.length, retried: left.length };
}

const sumOf = (settled: readonly Settled[]) => ({
  events: settled.reduce((sum, { change }) => sum + change.learnt.events.length, 0),
  exposures: settled.reduce((sum, { change }) => sum + change.learnt.exposures.length, 0),
});

/**
 * Groups of one slice in three round trips, and three more for those that lost a race.
 *
 * @param dropped gets those of which nothing may be kept.
 */
async function settle(
  groups: readonly Group[],
  dropped: Group[],
  stores: ConsumerStores,
  nowMs: number,
): Promise<Settled[]> {
  const { visitors } = stores;
  const settled: Settled[] = [];
  let open = groups;
  for (let attempt = 0; open.length > 0 && attempt < attemptsAtMost; attempt++) {
    const people = await addressed(open, stores, nowMs);
    dropped.push(...people.dropped);
    const states = await visitors.read(people.groups.map(questionOf));
    const plans = people.groups.flatMap((group, index) => planOf(group, states[index]));
    const written = await visitors.write(
      plans.filter(isChange).map(({ change }) => change),
      nowMs,
    );
    const isSettled = (plan: Settled) => !isChange(plan) || written.has(whoKey(plan.group));
    settled.push(...plans.filter(isSettled));
    open = plans.filter((plan) => !isSettled(plan)).map(({ group }) => group);
  }
  return settled;
}

function planOf(group: Group, before: VisitorState | undefined): Settled[] {
  if (before === undefined) return [];
  const learnt = absorb(
    group.messages.map(({ envelope }) => envelope),
    before.known,
  );
  const { visitor, site, version } = before;
  const profile = fold(before.profile, { ...learnt, events: forProfile(learnt.events) });
  return [{ group, before, change: { visitor, site, version, profile, learnt } }];
}

const isChange = ({ change: { learnt } }: Settled): boolean => learnt.events.length + learnt.exposures.length > 0;

/**
 * Asked for by the edge; or worth it; or delivered before: an earlier attempt may have died between D1 and KV, and then
 * nothing is new to D1 while KV is still behind.
 */
function needsCopy(one: Settled, worthACopy: (before: Profile, after: Profile) => boolean): boolean {
  const { messages, wasMerged } = one.group;
  if (wasMerged === true || messages.some(({ envelope, delivery }) => envelope.refresh || delivery.attempts > 1))
    return true;
  return isChange(one) && worthACopy(one.before.profile, one.change.profile);
}

const copyOf = (one: Settled) => ({
  visitor: one.change.visitor,
  site: one.change.site,
  version: one.change.version + (isChange(one) ? 1 : 0),
  profile: one.change.profile,
});
