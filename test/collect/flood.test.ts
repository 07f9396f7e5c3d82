import { env } from "cloudflare:workers";
import { beforeAll, it } from "vitest";
import { callLimits } from "../../src/collect/limits.ts";
import { createLimiter } from "../../src/collect/rate-limit.ts";
import { migrate } from "../store/migrated.ts";
import { cookieOf, doorOf, nowMs, pageRequest, visitOf } from "./visitors-door.ts";

beforeAll(migrate);

it("a flood from one source gets 429 from the platform's own limiter, and nobody else does", async ({ expect }) => {
  const { periodSeconds, source } = callLimits;
  const door = doorOf("flood", {}, { perSource: createLimiter(env.SOURCE_LIMIT, source, periodSeconds, Date.now) });
  const cookie = await cookieOf(visitOf("flood", "flooder"));
  const ask = async (address: string, id: number) => {
    const events = [{ id: `e${id}`, name: "view", time: nowMs }];
    return door.ask(pageRequest("events", "POST", { events }, { cookie, "cf-connecting-ip": address }));
  };
  const statuses: number[] = [];
  // The limiter's window may end once within the test, so that two windows' worth may be taken.
  const calls = source * 2 + 100;
  for (let call = 0; call < calls; call += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => ask("192.0.2.1", call + at)));
    statuses.push(...answers.map(({ status }) => status));
    expect((await ask("192.0.2.2", call)).status).toBe(202);
  }
  const refused = statuses.filter((status) => status === 429).length;
  expect(refused).toBeGreaterThanOrEqual(100);
  expect(statuses.filter((status) => status === 202).length).toBe(calls - refused);
  const last = await ask("192.0.2.1", 0);
  if (last.status === 429) expect(last.headers.get("retry-after")).toBe(String(periodSeconds));
  expect(door.sent.length).toBe(calls - refused + calls / 100 + (last.status === 202 ? 1 : 0));
});
