import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { caller } from "./api.ts";

const call = caller();
const file = (warm: number) => ({
  site: "large",
  hosts: ["large.example"],
  origin: "https://origin.example",
  experiences: Object.fromEntries(
    Array.from({ length: 1000 }, (_, at) => [
      `e${at}`,
      {
        kind: "experiment",
        routes: [`/books/${at}`],
        audience: { "context.country": { $in: ["DE", "FR"] } },
        variants: {
          control: { weight: `${100 - warm}%` },
          warm: { weight: `${warm}%`, operations: [{ selector: `#b${at} h1`, action: "setText", value: "Hello" }] },
        },
      },
    ]),
  ),
});

/** Generous, as the machine of the tests does other things too; alone it takes a second or two each. */
const withinMs = 10_000;

beforeAll(migrate);

describe("a site of a thousand experiences", () => {
  it("is written, planned, submitted and published within seconds each", { timeout: 90_000 }, async ({ expect }) => {
    const took: Record<string, number> = {};
    const timed = async (name: string, work: ReturnType<typeof call>) => {
      const startMs = Date.now();
      const answer = await work;
      took[name] = Date.now() - startMs;
      expect([name, answer.status < 300]).toEqual([name, true]);
      return answer;
    };
    await timed("write", call("PUT", "/sites/large/draft", { body: file(50) }));
    await timed("publish", call("POST", "/sites/large/releases"));
    await timed("rewrite", call("PUT", "/sites/large/draft", { body: file(80) }));
    const { json } = await timed("plan", call("GET", "/sites/large/draft/changes"));
    expect([json.changes.length, json.changes[0].movement.switches]).toEqual([1000, 0.3]);
    await timed("submit", call("POST", "/sites/large/reviews"));
    await timed("republish", call("POST", "/sites/large/releases"));
    console.log(`a thousand experiences, in ms: ${JSON.stringify(took)}`);
    for (const [name, ms] of Object.entries(took)) expect([name, ms < withinMs]).toEqual([name, true]);
  });
});
