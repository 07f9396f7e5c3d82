import { describe, it } from "vitest";
import type { Envelope } from "../../src/core/event.ts";
import { createEventQueue, createResender } from "../../src/store/events-queue.ts";
import { envelope, event, exposure } from "../collect/deliveries.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

/** Records what is sent, and refuses what Cloudflare's queue would refuse. */
function strictQueue() {
  const batches: Envelope[][] = [];
  const sendBatch: Queue<Envelope>["sendBatch"] = async (given) => {
    const bodies = [...given].map(({ body }) => body);
    const sizes = bodies.map(bytesOf);
    if (bodies.length > 100) throw new Error("Too many messages");
    if (sizes.some((size) => size > 128_000)) throw new Error("Message too large");
    if (sizes.reduce((sum, size) => sum + size, 0) > 256_000) throw new Error("Batch too large");
    batches.push(bodies);
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  };
  const binding = { sendBatch } as unknown as Queue;
  return { batches, binding, queue: createEventQueue(binding) };
}

const large = (id: string, bytes: number) => event(id, { props: { text: "本".repeat(bytes / 3) } });

describe("sending", () => {
  it("sends nothing for nothing", async ({ expect }) => {
    const { batches, queue } = strictQueue();
    await queue.send([]);
    expect(batches).toEqual([]);
  });

  it("keeps to 100 messages at once", async ({ expect }) => {
    const { batches, queue } = strictQueue();
    const all = Array.from({ length: 201 }, (_, index) => envelope(`v${index}`));
    await queue.send(all);
    expect(batches.map(({ length }) => length)).toEqual([100, 100, 1]);
    expect(batches.flat()).toEqual(all);
  });

  it("keeps to 256 KB at once, counted in bytes", async ({ expect }) => {
    const { batches, queue } = strictQueue();
    const all = Array.from({ length: 7 }, (_, index) =>
      envelope(`v${index}`, { events: [large(`e${index}`, 100_000)] }),
    );
    await queue.send(all);
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
    expect(batches.flat()).toEqual(all);
  });

  it("splits what is larger than a message, and asks for a refresh once", async ({ expect }) => {
    const { batches, queue } = strictQueue();
    const events = Array.from({ length: 9 }, (_, index) => large(`e${index}`, 30_000));
    const exposures = [exposure("hero"), exposure("offer")];
    await queue.send([envelope("v", { events, exposures, refresh: true })]);
    const sent = batches.flat();
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.flatMap((one) => one.events)).toEqual(events);
    expect(sent.flatMap((one) => one.exposures)).toEqual(exposures);
    expect(sent.filter(({ refresh }) => refresh)).toHaveLength(1);
  });

  it("refuses a single event that no message can hold", async ({ expect }) => {
    const { queue } = strictQueue();
    await expect(queue.send([envelope("v", { events: [large("e", 150_000)] })])).rejects.toThrow(RangeError);
  });
});

describe("sending over several queues", () => {
  const all = Array.from({ length: 300 }, (_, index) =>
    envelope(`visitor-${index % 150}`, { events: [event(`e${index}`)] }),
  );

  it("gives every visitor one queue, and each queue its share", async ({ expect }) => {
    const queues = [strictQueue(), strictQueue(), strictQueue()];
    const [first, ...others] = queues.map(({ binding }) => binding) as [Queue, ...Queue[]];
    await createEventQueue(first, ...others).send(all);
    const sent = queues.map(({ batches }) => batches.flat());
    expect(new Set(sent.flat())).toEqual(new Set(all));
    const visitors = sent.map((own) => new Set(own.map(({ visitor }) => visitor)));
    expect(visitors.reduce((sum, { size }) => sum + size, 0)).toBe(150);
    for (const { size } of visitors) expect(size).toBeGreaterThan(25);
  });

  it("puts a message back on the queue that it came from, whatever it says", async ({ expect }) => {
    const queues = [strictQueue(), strictQueue()];
    const [first, other] = queues.map(({ binding }) => binding) as [Queue, Queue];
    await createEventQueue(first, other).send(all.slice(0, 50));
    const sent = queues.map(({ batches }) => batches.splice(0).flat());
    const bodies = JSON.parse(JSON.stringify([...sent.flat(), { shape: 9 }, "text"]));
    await createResender(first, other)(bodies);
    const again = queues.map(({ batches }) => batches.flat());
    for (const [at, own] of sent.entries()) expect(again[at]).toEqual(expect.arrayContaining(own));
    expect(again.flat()).toHaveLength(52);
  });
});
