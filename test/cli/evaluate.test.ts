import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, it } from "vitest";

const start = () => spawn(process.execPath, ["src/cli/main.ts", "evaluate"], { stdio: ["pipe", "pipe", "pipe"] });

/** Everything the process answers to `input`, and how it ended. */
async function evaluate(input: string | Buffer) {
  const child = start();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk) => out.push(chunk));
  child.stderr.on("data", (chunk) => err.push(chunk));
  child.stdin.end(input);
  const [code] = await once(child, "close");
  const text: string = Buffer.concat(out).toString();
  const lines: readonly string[] = text.split("\n").slice(0, -1);
  return { code, err: Buffer.concat(err).toString(), answers: lines.map((line): unknown => JSON.parse(line)) };
}

const hash = (value: string) => JSON.stringify({ hash: { seed: "seed", value, version: 2 } });

describe("caramel evaluate, as a process", { timeout: 60_000 }, () => {
  it("answers every line with one, in order, malformed ones with an error", async ({ expect }) => {
    const lines = [hash("a"), "{", "", "[1]", '{"other": 1}', '{"hash": 5}', hash("b")];
    const { code, answers } = await evaluate(`${lines.join("\n")}\n`);
    expect(code).toBe(0);
    expect(answers).toHaveLength(lines.length);
    expect([answers[0], answers[6]]).toEqual([{ result: 0.0505 }, { result: 0.2696 }]);
    for (const answer of answers.slice(1, 6)) expect(answer).toEqual({ error: expect.any(String) });
  });

  it("takes Windows line ends, a byte order mark, and a last line without an end", async ({ expect }) => {
    const { answers } = await evaluate(`\ufeff${hash("a")}\r\n${hash("b")}`);
    expect(answers).toEqual([{ result: 0.0505 }, { result: 0.2696 }]);
  });

  it("takes a line of 20 MB, and characters cut in two by the pipe", async ({ expect }) => {
    const attributes = { text: "ü😀".repeat(3_300_000) };
    const long = JSON.stringify({ condition: { text: { $regex: "nothing" } }, attributes });
    const { answers } = await evaluate(`${long}\n${hash("a")}\n`);
    expect(answers).toEqual([{ result: false }, { result: 0.0505 }]);
  });

  it("is not stopped by nesting that no stack holds, nor by bytes that are no text", async ({ expect }) => {
    const deep = `{"condition": ${'{"$not":'.repeat(50_000)}{}${"}".repeat(50_000)}}`;
    const input = Buffer.concat([
      Buffer.from(`${deep}\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(`${hash("a")}\n`),
    ]);
    const { code, answers } = await evaluate(input);
    expect(code).toBe(0);
    expect(answers).toEqual([expect.any(Object), { error: expect.any(String) }, { result: 0.0505 }]);
  });

  it("answers each line before the next is asked", async ({ expect }) => {
    const child = start();
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const value of ["a", "b"]) {
      child.stdin.write(`${hash(value)}\n`);
      expect(JSON.parse(String((await lines.next()).value))).toEqual({ result: value === "a" ? 0.0505 : 0.2696 });
    }
    child.stdin.end();
    await once(child, "close");
    expect(child.exitCode).toBe(0);
  });

  it("takes 100 000 lines in a few seconds", async ({ expect }) => {
    const line = JSON.stringify({ condition: { plan: { $in: ["pro", "team"] } }, attributes: { plan: "pro" } });
    const started = performance.now();
    const { answers } = await evaluate(`${line}\n`.repeat(100_000));
    expect(answers).toHaveLength(100_000);
    expect(new Set(answers.map((answer: unknown) => JSON.stringify(answer)))).toEqual(new Set(['{"result":true}']));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
