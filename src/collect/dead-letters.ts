import type { Kept } from "../store/dead-letters.ts";
import { type ConsumerStores, consume } from "./consume.ts";
import type { Delivery } from "./groups.ts";

export interface DeadLetterStores extends ConsumerStores {
  readonly keep: (body: unknown, reason: string, nowMs: number) => Promise<Kept>;
}

/** Where nothing can be kept: the queue keeps it, for four days by its own default. */
const laterSeconds = 3_600;

/**
 * Takes messages that the consumer has given up. Each is tried once more by itself, which tells why it fails, or that it does
 * not any more; what fails is kept with that reason. Never throws.
 */
export async function takeDeadLetters(
  deliveries: readonly Delivery[],
  stores: DeadLetterStores,
  nowMs: number,
): Promise<void> {
  for (const delivery of deliveries) {
    try {
      const reason = await tryAgain(delivery, stores, nowMs);
      const kept = reason === null ? "kept" : await stores.keep(delivery.body, reason, nowMs);
      if (kept === "full") throw new Error("There is no room for another dead letter: replay or erase some");
      delivery.ack();
    } catch (error) {
      stores.failed(error);
      delivery.retry({ delaySeconds: laterSeconds });
    }
  }
}

/** @returns why it can't be taken in; `null` when it has been. */
async function tryAgain(delivery: Delivery, stores: DeadLetterStores, nowMs: number): Promise<string | null> {
  // The first attempt may have ended the Worker, as a message can that needs too much memory: it is not tried for ever.
  if (delivery.attempts > 1) return "Trying it again did not come to an end";
  let isTaken = false;
  let reason = "It says that a newer version of the Worker sent it, or its visitor was being moved";
  const trial: Delivery = {
    id: delivery.id,
    body: delivery.body,
    attempts: 2,
    ack: () => {
      isTaken = true;
    },
    retry: () => {},
  };
  const failed = (error: unknown): void => {
    reason = String(error);
  };
  await consume([trial], { ...stores, failed }, nowMs);
  return isTaken ? null : reason;
}
