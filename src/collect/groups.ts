import type { Envelope } from "../core/event.ts";
import { packed } from "../core/pack.ts";
import type { Question } from "../store/visitors.ts";
import { type Who, whoKey } from "../store/who.ts";

/** A queue message, as far as the consumer needs one. `attempts` is 1 the first time. */
export type Delivery = Pick<Message, "id" | "body" | "attempts" | "ack" | "retry">;

/** A message that was understood. */
export interface Understood {
  readonly delivery: Delivery;
  readonly envelope: Envelope;
}

/** All that a batch says of one visitor of one site. */
export interface Group extends Who {
  readonly messages: readonly Understood[];
  /** Messages of another visitor, who was merged into this one, are among them: the copy near the visitor is behind. */
  readonly wasMerged?: boolean;
}

/** About as much JSON as one D1 batch should carry; a message is at most 128 KB. */
const sliceCharacters = 400_000;

/**
 * Groups by visitor, in slices that are each written at once.
 *
 * What comes a second time is written visitor by visitor, so that a message that D1 can't take holds up nobody else's.
 */
export function inSlices(messages: readonly Understood[]): Group[][] {
  const isRepeat = ({ messages }: Group) => messages.some(({ delivery }) => delivery.attempts > 1);
  const groups = groupsOf(messages);
  const fresh = groups.filter((group) => !isRepeat(group));
  return [...packed(fresh, sizeOf, sliceCharacters), ...groups.filter(isRepeat).map((group) => [group])];
}

/** A visitor with more than a slice's worth comes in several groups, no two of them in one slice. */
function groupsOf(messages: readonly Understood[]): Group[] {
  return [...Map.groupBy(messages, ({ envelope }) => whoKey(envelope)).values()].flatMap((own) =>
    packed(own, charactersOf, sliceCharacters).flatMap((part) => groupOf(part)),
  );
}

function groupOf(messages: readonly Understood[]): Group[] {
  const [first] = messages;
  return first ? [{ visitor: first.envelope.visitor, site: first.envelope.site, messages }] : [];
}

const charactersOf = ({ envelope }: Understood): number => JSON.stringify(envelope).length;
const sizeOf = (group: Group): number => group.messages.reduce((sum, message) => sum + charactersOf(message), 0);

export const questionOf = ({ visitor, site, messages }: Group): Question => ({
  visitor,
  site,
  eventIds: messages.flatMap(({ envelope }) => envelope.events.map(({ id }) => id)),
  exposures: messages.flatMap(({ envelope }) => envelope.exposures),
});
