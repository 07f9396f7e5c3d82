import { absorb } from "../core/absorb.ts";
import { fold } from "../core/fold.ts";
import type { SiteKey } from "../core/ids.ts";
import { forProfile } from "../core/merge.ts";
import { awaitedAfter, type SiteKnowledge } from "../core/site-knowledge.ts";
import type { ContextStore } from "../store/contexts.ts";
import type { KnowledgeOf } from "../store/site-knowledge.ts";
import type { PlaceOf } from "../store/spread/visitors.ts";
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
  /** Where sampled contexts are kept for replay. Left out: they are not. */
  readonly contexts?: Pick<ContextStore, "keep">;
  /** Told when a store failed. What it concerns is delivered again. */
  failed(error: unknown): void;
  /** Where visitors are. Left out: all in one database, and nobody is moving. */
  readonly placesOf?: () => Promise<PlaceOf>;
  /** What each site's release asks for. Left out, or `null` for a site: nothing is declared, and every fact is worth a copy. */
  readonly knowledgeOf?: KnowledgeOf;
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
  await keepContexts(understood, stores);
  const { parts, away } = await inPlaces(understood, stores);
  const left = [...later, ...away.map(({ delivery }) => delivery)];
  for (const delivery of left) again(delivery);
  let tally = { messages: deliveries.length, events: 0, exposures: 0, copies: 0, rejected, retried: left.length };
  for (const groups of parts.flatMap(inSlices)) {
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

/** A sample that is lost is none that anybody misses: a store that fails holds nothing up. */
async function keepContexts(understood: readonly Understood[], { contexts, failed }: ConsumerStores): Promise<void> {
  const kept = understood.flatMap(({ delivery: { id }, envelope: { site, context } }) =>
    context === undefined ? [] : [{ id, site, context }],
  );
  if (kept.length > 0) await contexts?.keep(kept).catch(failed);
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

/** Messages by the database that their visitor is in, so that one that is away holds up nobody else; and those that must wait. */
async function inPlaces(
  understood: readonly Understood[],
  { placesOf, failed }: ConsumerStores,
): Promise<{ readonly parts: readonly (readonly Understood[])[]; readonly away: readonly Understood[] }> {
  if (placesOf === undefined) return { parts: [understood], away: [] };
  try {
    const placeOf = await placesOf();
    const isAway = ({ envelope }: Understood) => placeOf(envelope.visitor).isMoving;
    const here = understood.filter((message) => !isAway(message));
    const parts = Map.groupBy(here, ({ envelope }) => placeOf(envelope.visitor).database);
    return { parts: [...parts.values()], away: understood.filter(isAway) };
  } catch (error) {
    failed(error);
    return { parts: [], away: understood };
  }
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
    const known = await knowledgeFor(groups, stores);
    settled.push(...(await settle(groups, dropped, known, stores, nowMs)));
    copies = settled.filter((one) => needsCopy(one, known));
    const written = copies.map((one) => copyOf(one, known));
    for (const key of await writeCopies(written, stores)) behind.add(key);
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

type Known = ReadonlyMap<SiteKey, SiteKnowledge | null>;

async function knowledgeFor(groups: readonly Group[], { knowledgeOf }: ConsumerStores): Promise<Known> {
  const sites = [...new Set(groups.map(({ site }) => site))];
  const found = await Promise.all(sites.map((site) => knowledgeOf?.(site) ?? null));
  return new Map(sites.map((site, index) => [site, found[index] ?? null]));
}

/**
 * Groups of one slice in three round trips, and three more for those that lost a race.
 *
 * @param dropped gets those of which nothing may be kept.
 */
async function settle(
  groups: readonly Group[],
  dropped: Group[],
  known: Known,
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
    const plans = people.groups.flatMap((group, index) => planOf(group, states[index], known.get(group.site)));
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

function planOf(group: Group, before: VisitorState | undefined, known?: SiteKnowledge | null): Settled[] {
  if (before === undefined) return [];
  const learnt = absorb(
    group.messages.map(({ envelope }) => envelope),
    before.known,
  );
  const { visitor, site, version } = before;
  const profile = fold(before.profile, { ...learnt, events: forProfile(learnt.events) }, known?.declarations);
  const awaited = awaitedAfter(forProfile(learnt.events), known?.absences ?? []);
  return [{ group, before, change: { visitor, site, version, profile, learnt, awaited } }];
}

const isChange = ({ change: { learnt } }: Settled): boolean => learnt.events.length + learnt.exposures.length > 0;

/**
 * Asked for by the edge; or worth it; or delivered before: an earlier attempt may have died between D1 and KV, and then
 * nothing is new to D1 while KV is still behind.
 */
function needsCopy(one: Settled, known: Known): boolean {
  const { messages, wasMerged } = one.group;
  if (wasMerged === true || messages.some(({ envelope, delivery }) => envelope.refresh || delivery.attempts > 1))
    return true;
  const differ = known.get(one.group.site)?.reads.differ ?? factsChanged;
  return isChange(one) && differ(one.before.profile, one.change.profile);
}

/** A copy says which reads it was kept fresh for: a release that reads other facts asks for a new one. */
const copyOf = (one: Settled, known: Known) => ({
  visitor: one.change.visitor,
  site: one.change.site,
  version: one.change.version + (isChange(one) ? 1 : 0),
  profile: { ...one.change.profile, ...copiedFor(known.get(one.group.site)) },
});

const copiedFor = (known: SiteKnowledge | null | undefined) => (known ? { copiedFor: known.reads.print } : {});
