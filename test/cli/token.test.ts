import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { terminalOf } from "../../src/cli/terminal.ts";
import { startServer, token } from "./server.ts";

let server: Awaited<ReturnType<typeof startServer>>;
let cwd: string;

async function caramel(...words: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = terminalOf(
    (text) => out.push(text),
    (text) => err.push(text),
    false,
  );
  const code = await run(words, { cwd, env: {}, terminal });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

beforeAll(async () => {
  server = await startServer();
  cwd = await mkdtemp(join(tmpdir(), "caramel-cli-"));
  await mkdir(join(cwd, ".caramel"));
  await writeFile(join(cwd, ".caramel/local.json"), JSON.stringify({ url: server.url, token, pid: 1 }));
  await writeFile(join(cwd, "site.yaml"), "site: bookshop\nhosts: [books.example]\norigin: https://origin.example\n");
  await caramel("apply", "site.yaml");
});
afterAll(async () => {
  await server.close();
  await rm(cwd, { recursive: true });
});

describe("tokens", () => {
  it("are printed once, by themselves, listed without, and revoked", async () => {
    const made = await caramel(
      "token",
      "create",
      "--name",
      "pipeline",
      "--role",
      "author",
      "--role",
      "operator",
      "--days",
      "7",
    );
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^crml_[a-z0-9]{12}_[\w-]{49}$/)]);
    expect(made.err).toMatch(/author,operator on bookshop until 1970-01-08. It is not shown again\./);
    const id = made.out.slice(5, 17);
    const everywhere = await caramel(
      "token",
      "create",
      "--site",
      "*",
      "--name",
      "Ann",
      "--role",
      "viewer",
      "--person",
      "ann@books.example",
    );
    expect(everywhere.err).toContain("viewer on every site");
    const listed = await caramel("token", "list");
    expect(listed.out).toContain(`${id}  pipeline  bookshop: author, operator  until 1970-01-08  never used`);
    expect(listed.out).not.toContain(made.out.slice(18));
    expect((await caramel("token", "revoke", made.out)).out).toContain(`Token ${id} is revoked`);
    expect((await caramel("token", "list")).out).toContain("revoked");
  });

  it.each([
    [["token", "create", "--role", "viewer"], "Say what it is for: --name"],
    [["token", "create", "--name", "x"], "Say what it may do: --role"],
    [["token", "create", "--name", "x", "--role", "owner"], 'There is no role "owner".'],
    [["token", "create", "--name", "x", "--role", "viewer", "--days", "0"], "--days is a number"],
    [["token", "revoke"], "Write `token create`"],
    [["token", "burn"], "Write `token create`"],
  ])("%j", async (words, says) => {
    const { code, err } = await caramel(...words);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });

  it("that are not there can't be revoked", async () => {
    expect(await caramel("token", "revoke", "nobodys")).toMatchObject({
      code: 3,
      err: expect.stringContaining("There is no token"),
    });
  });
});

describe("the audit", () => {
  it("is shown and verified here, row by row, against a head that was noted", async () => {
    const shown = await caramel("audit", "show");
    expect(shown.out).toMatch(
      /^1 {2}1970-01-01T00:00:[\d.]+Z {2}deployment {2}edit begun {2}PUT \/sites\/bookshop\/draft$/m,
    );
    const verified = await caramel("audit", "verify");
    const head = /^bookshop: \d+ rows, unbroken\. Head: ([0-9a-f]{64})$/.exec(verified.out)?.[1] ?? "";
    await caramel("apply", "site.yaml");
    expect((await caramel("audit", "verify", "--head", head)).code).toBe(0);
    const lost = await caramel("audit", "verify", "--head", "0".repeat(64));
    expect([lost.code, lost.err]).toEqual([1, expect.stringContaining("has no row with the hash 000")]);
    expect((await caramel("audit", "verify", "--site", "*")).out).toMatch(/^\*: \d+ rows, unbroken/);
  });

  it("that was changed is told with its row", async () => {
    server.tamper();
    const { code, err } = await caramel("audit", "verify");
    expect([code, err]).toEqual([1, "The audit of bookshop is broken at row 1: it is changed."]);
  });
});

it("a look at a visitor says why, before any server is asked", async () => {
  const { code, err } = await caramel(
    "explain",
    "--url",
    "https://books.example/",
    "--visitor",
    "night-reader-000000002",
  );
  expect([code, err]).toEqual([2, expect.stringContaining("Say why you look at a visitor: --reason")]);
});
