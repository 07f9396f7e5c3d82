import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { parse } from "yaml";

const payload = "test/core/growthbook/sample-payload.json";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "caramel-import-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function caramel(words: readonly string[], input = "") {
  const child = spawn(process.execPath, ["src/cli/main.ts", ...words]);
  const written = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    written.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    written.err += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, ...written };
}

const site = ["--site", "shop", "--host", "shop.example,www.shop.example", "--origin", "https://origin.example"];

describe("caramel import growthbook, as a process", { timeout: 60_000 }, () => {
  it("writes a file that check takes, and tells on the error output what stayed behind", async ({ expect }) => {
    const file = join(folder, "shop.yaml");
    const done = await caramel(["import", "growthbook", payload, ...site, "-o", file]);
    expect([done.code, done.out]).toEqual([0, ""]);
    expect(done.err).toContain("#/experiments/0/variations/1/js: ");
    expect(done.err).toContain("notes.");
    expect(parse(await readFile(file, "utf8"))).toMatchObject({
      site: "shop",
      hosts: ["shop.example", "www.shop.example"],
    });
    expect((await caramel(["check", file])).code).toBe(0);
  });

  it("decides by what it wrote as GrowthBook did: the file through the door", async ({ expect }) => {
    const { out } = await caramel(["import", "growthbook", "-", ...site], await readFile(payload, "utf8"));
    const release = parse(out);
    const growthbook = JSON.parse(await readFile(payload, "utf8"));
    const visitors = Array.from({ length: 200 }, (_, at) => `user-${at}`);
    const questions = visitors.flatMap((id) => [
      { growthbook, feature: "checkout-v2", attributes: { id } },
      { release, request: { url: "https://shop.example/", visitor: id } },
    ]);
    const answered = await caramel(["evaluate"], questions.map((each) => `${JSON.stringify(each)}\n`).join(""));
    const answers = answered.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const theirs = answers.filter((_, at) => at % 2 === 0).map(({ value }) => value);
    const ours = answers.filter((_, at) => at % 2 === 1).map(({ result }) => result.slots["checkout-v2"].value);
    expect(ours).toEqual(theirs);
    expect(new Set(ours)).toEqual(new Set([true, false]));
  });

  it("says what is wrong with what is no payload, and with words it does not know", async ({ expect }) => {
    await writeFile(join(folder, "no.json"), "{");
    const wrong = await Promise.all([
      caramel(["import", "growthbook", join(folder, "no.json")]),
      caramel(["import", "growthbook", join(folder, "missing.json")]),
      caramel(["import", "unleash", payload]),
      caramel(["import", "growthbook", payload, "--attributes", "id"]),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([1, 2, 2, 2]);
    expect(wrong.map(({ err }) => err).join("\n")).toMatch(
      /is not JSON[\s\S]*can't be read[\s\S]*"unleash"[\s\S]*ATTRIBUTE=FACT/,
    );
  });
});
