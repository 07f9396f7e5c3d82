import type { Envelope, Exposure, VisitorEvent } from "../core/event.ts";
import { fnv1a32 } from "../core/hash.ts";
import { isObject, type Json } from "../core/json.ts";
import { packed } from "../core/pack.ts";

/** The queue's limits, less what it needs for itself: 128 KB a message, 100 messages or 256 KB at once. */
const limits = { messageBytes: 126_000, sendBytes: 250_000, sendMessages: 100 };

/** What requests learnt, on its way to the consumer. */
export interface EventQueue {
  /**
   * Resolves when the queue has all of it; then nothing is lost any more. Envelopes too large for one message are split.
   *
   * @throws when the queue fails, or when a single event or exposure is larger than a message can be. Some envelopes may
   *   have been sent then: sending all of them again is safe.
   */
  send(envelopes: readonly Envelope[]): Promise<void>;
}

/** @param others more queues of the same kind, which carry more messages a second: each visitor has one of them. */
export function createEventQueue(queue: Queue, ...others: readonly Queue[]): EventQueue {
  const queues = [queue, ...others];
  return {
    send: async (envelopes) => {
      if (others.length === 0) return sendTo(queue, envelopes);
      const parts = Map.groupBy(envelopes, ({ visitor }) => queueOf(queues, visitor) ?? queue);
      for (const [one, own] of parts) await sendTo(one, own);
    },
  };
}

async function sendTo(queue: Queue, envelopes: readonly Envelope[]): Promise<void> {
  for (const messages of packed(
    envelopes.flatMap(fitting),
    ({ bytes }) => bytes,
    limits.sendBytes,
    limits.sendMessages,
  )) {
    await queue.sendBatch(messages.map(({ body }) => ({ body, contentType: "json" })));
  }
}

/** Puts bodies back on the queue as they were once taken from it, each on its visitor's. Resolves when it has all of them. */
export function createResender(queue: Queue, ...others: readonly Queue[]): (bodies: readonly Json[]) => Promise<void> {
  const queues = [queue, ...others];
  const visitorOf = (body: Json): string => (isObject(body) && typeof body.visitor === "string" ? body.visitor : "");
  return async (bodies) => {
    const parts = Map.groupBy(bodies, (body) => queueOf(queues, visitorOf(body)) ?? queue);
    for (const [one, own] of parts) {
      for (const messages of packed(own, bytesOf, limits.sendBytes, limits.sendMessages)) {
        await one.sendBatch(messages.map((body) => ({ body, contentType: "json" })));
      }
    }
  };
}

const queueOf = (queues: readonly Queue[], visitor: string): Queue | undefined =>
  queues[fnv1a32(visitor) % queues.length];

interface Sized {
  readonly body: Envelope;
  readonly bytes: number;
}

const encoder = new TextEncoder();
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** The envelope in as many as are needed; only the first asks for a refresh. */
function fitting(envelope: Envelope): Sized[] {
  const bytes = bytesOf(envelope);
  if (bytes <= limits.messageBytes) return [{ body: envelope, bytes }];
  const [some, others] = halves(envelope);
  return [...fitting(some), ...fitting(others)];
}

function halves(envelope: Envelope): [Envelope, Envelope] {
  const items = envelope.exposures.length + envelope.events.length;
  if (items < 2) throw new RangeError("An event or exposure is larger than a queue message can be");
  const half = Math.ceil(items / 2);
  const part = (from: number, to: number): { exposures: readonly Exposure[]; events: readonly VisitorEvent[] } => ({
    exposures: envelope.exposures.slice(from, to),
    events: envelope.events.slice(
      Math.max(0, from - envelope.exposures.length),
      Math.max(0, to - envelope.exposures.length),
    ),
  });
  return [
    { ...envelope, ...part(0, half) },
    { ...envelope, ...part(half, items), refresh: false },
  ];
}
