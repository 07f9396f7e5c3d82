import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { batchOf, call, senderOf } from "./client.ts";

/** One source that sends single events as fast as it is told, in a thread of its own, and counts what it is answered. */
const { port, perSecond, durationMs } = workerData as { port: number; perSecond: number; durationMs: number };

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const sender = senderOf(60_000);
const answers = new Map<number, number>();
let withoutRetryAfter = 0;
let sent = 0;

const send = async (): Promise<void> => {
  const { status, retryAfter } = await call(agent, port, "/_caramel/events", sender, batchOf(1e9 + sent, 1));
  answers.set(status, (answers.get(status) ?? 0) + 1);
  if (status === 429 && retryAfter === undefined) withoutRetryAfter += 1;
};

const startMs = performance.now();
let open = 0;
for (;;) {
  const elapsedMs = performance.now() - startMs;
  if (elapsedMs >= durationMs) break;
  const due = Math.floor((elapsedMs * perSecond) / 1000);
  // A source that is not answered does not wait for ever either: what it could not send is not made up for.
  for (; sent < due && open < 256; sent += 1) {
    open += 1;
    void send().finally(() => {
      open -= 1;
    });
  }
  await sleep(2);
}
while (open > 0) await sleep(5);
agent.destroy();
parentPort?.postMessage({ sent, answers: [...answers], withoutRetryAfter });
