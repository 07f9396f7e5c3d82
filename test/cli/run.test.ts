import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { terminalOf, wantsColours } from "../../src/cli/terminal.ts";
import { startServer, token } from "./server.ts";

let server: Awaited<ReturnType<typeof startServer>>;
let cwd: string;

const file = (more = "") => `site: bookshop
hosts: [books.example]
origin: https://origin.example
experiences:
  hero:
    kind: rollout
    routes: ["/"]
    variants:
      on:
        operations: [{ selector: "#hero h1", action: setText, value: Hello }]
${more}`;

/** Runs a command line in the test's directory; by default the server is the one that `npm start` would have announced. */
async function caramel(line: string, env: Record<string, string> = {}, colours = false) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = terminalOf(
    (text) => out.push(text),
    (text) => err.push(text),
    colours,
  );
  const code = await run(
    line.split(" ").filter((word) => word !== ""),
    { cwd, env, terminal },
  );
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const write = (name: string, text: string) => writeFile(join(cwd, name), text);
const announce = (url: string, given = token) =>
  write(".caramel/local.json", JSON.stringify({ url, token: given, pid: 1 }));

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "caramel-cli-"));
  await mkdir(join(cwd, ".caramel"));
  await announce(server.url);
  await write("site.yaml", file());
  return () => rm(cwd, { recursive: true });
});

describe("from a file to what is live, and back", () => {
  it("goes by apply, publish, releases, rollback, kill and export", async () => {
    const planned = await caramel("plan site.yaml");
    expect([planned.code, planned.out]).toEqual([0, expect.stringContaining("+ experiences hero")]);
    const applied = await caramel("apply site.yaml");
    expect([applied.code, applied.out]).toEqual([
      0,
      expect.stringContaining("The draft of bookshop is at revision 1: 3 changes."),
    ]);
    expect(applied.err).toContain("npm run caramel -- publish");
    const one = /r_[0-9a-f]{20}/.exec((await caramel("publish")).out)?.[0] ?? "";
    await write("site.yaml", file("holdout: 5%\n"));
    expect((await caramel("plan site.yaml")).out).toMatch(/would change.*\n {2}\+ holdouts all$/);
    await caramel("apply site.yaml");
    const two = /r_[0-9a-f]{20}/.exec((await caramel("publish --site bookshop")).out)?.[0] ?? "";
    expect((await caramel("releases")).out).toMatch(
      new RegExp(`^${two}  1970\\S+  live by operator
${one}  1970\\S+  superseded by operator$`),
    );
    expect((await caramel(`rollback ${one}`)).out).toBe(`bookshop: release ${one} is live.`);
    expect((await caramel("kill on")).out).toBe("bookshop: pages pass through untouched within a minute.");
    expect((await caramel("publish")).err).toContain("The kill switch is on");
    expect((await caramel("kill off")).code).toBe(0);
    const exported = await caramel("export");
    await write("exported.yaml", exported.out);
    expect((await caramel("plan exported.yaml")).out).toContain("changes nothing");
    expect(JSON.parse((await caramel("export --format json")).out).holdouts).toEqual({ all: "5%" });
  });

  it("goes by review, approval, schedule and stage where the site asks for it", async () => {
    await write("site.yaml", file("review: { required: true, ownApproval: true }\nholdout: 7%\n"));
    await caramel("apply site.yaml");
    const refused = await caramel("publish");
    expect([refused.code, refused.err]).toEqual([
      3,
      expect.stringContaining("has not been submitted: `caramel submit`"),
    ]);
    const submitted = await caramel("submit --note careful");
    expect(submitted.out).toContain("is in review");
    const id = /r_[0-9a-f]{20}/.exec(submitted.out)?.[0] ?? "";
    expect((await caramel("releases")).out).toContain(`review by operator "careful"`);
    expect((await caramel("publish")).err).toContain("nobody has approved it yet");
    expect((await caramel(`approve ${id}`)).out).toBe(`bookshop: release ${id} is approved.`);
    await write("edited.yaml", file("review: { required: true, ownApproval: true }\nholdout: 8%\n"));
    await caramel("apply edited.yaml");
    expect((await caramel(`publish ${id}`)).err).toContain("has been edited since: the approval is void");
    expect((await caramel("publish")).err).toContain(`The approval of ${id} does not cover it`);
    expect((await caramel("releases")).out).toContain("void by operator");
    await caramel("apply site.yaml");
    expect((await caramel(`publish ${id} --share 10%`)).out).toContain(`10% of the visitors get ${id}`);
    expect((await caramel("releases")).out).toContain("staged for 10 % by operator");
    expect((await caramel(`publish ${id} --share 0%`)).out).toContain("everybody gets");
    expect((await caramel(`publish ${id} --at 1970-02-01T00:00:00Z`)).out).toContain(
      "goes live at 1970-02-01T00:00:00.000Z",
    );
    expect((await caramel("releases")).out).toContain("scheduled for 1970-02-01T00:00:00.000Z by operator");
    expect((await caramel(`publish ${id} --at never`)).out).toContain("not scheduled any more");
    expect((await caramel(`publish ${id}`)).out).toBe(`bookshop: release ${id} is live.`);
    expect((await caramel("publish --at 1970-02-01")).code).toBe(2);
    await write("site.yaml", file("review: {}\n"));
    await caramel("apply site.yaml");
    const open = /r_[0-9a-f]{20}/.exec((await caramel("submit")).out)?.[0] ?? "";
    await caramel(`approve ${open}`);
    await caramel(`publish ${open}`);
    await write("site.yaml", file());
    await caramel("apply site.yaml");
  });

  it("refuses a release that is not there", async () => {
    await caramel("apply site.yaml");
    const { code, err } = await caramel("rollback r_00000000000000000000");
    expect([code, err]).toEqual([3, 'Not found: Site "bookshop" has no release "r_00000000000000000000".']);
  });
});

describe("mistakes in a file", () => {
  it("are told with file, line, column and advice, before any server is asked", async () => {
    await announce("http://127.0.0.1:1");
    await write("site.yaml", file("    audiance: x\n").replace("rollout", "rolout"));
    for (const command of ["check", "plan", "apply"]) {
      const { code, err, out } = await caramel(`${command} site.yaml`);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain(`site.yaml:6:5: error: \`kind\` can't be "rolout".\n  Did you mean "rollout"?`);
      expect(err).toContain("site.yaml:11:5: error: `audiance` is not known here.");
      expect(err).toContain("site.yaml has 2 mistakes.");
    }
  });

  it("that only the server can find have their line all the same, and nothing is written", async () => {
    await write("site.yaml", file().replace("#hero h1", "h1 ! p"));
    expect((await caramel("check site.yaml")).code).toBe(0);
    const before = (await caramel("export")).out;
    const { code, err } = await caramel("apply site.yaml");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('site.yaml:10:24: error: The selector "h1 ! p" can\'t be used'),
    ]);
    expect((await caramel("export")).out).toBe(before);
  });

  it("and warnings do not stop anything", async () => {
    await write("site.yaml", file(file().split("experiences:\n")[1]?.replace("hero:", "other:")));
    const { code, out, err } = await caramel("check site.yaml");
    expect([code, out]).toEqual([0, "site.yaml is fine: site bookshop, 2 experiences."]);
    expect(err).toContain('site.yaml:11:3: warning: "hero" and "other" both change');
  });

  it.each([
    ["nothing.yaml", "There is no file nothing.yaml here."],
    [".caramel", ".caramel is a directory. Name the file in it."],
  ])("a file that is none, %s", async (name, says) => {
    expect(await caramel(`check ${name}`)).toEqual({ code: 2, out: "", err: says });
  });
});

describe("a server that does not do as asked", () => {
  it.each<[string, string, string | null, Record<string, string>, string]>([
    ["runs nowhere", "publish", null, {}, "No server runs here. Start it with `npm start`"],
    ["was stopped", "publish", "http://127.0.0.1:9", {}, "Nothing answers at http://127.0.0.1:9"],
    ["is elsewhere and silent", "publish --url http://127.0.0.1:9", "", { CARAMEL_TOKEN: token }, "Check --url."],
    ["knows no such token", "publish", "", { CARAMEL_TOKEN: "wrong" }, "does not know this token"],
  ])("%s", async (_, line, url, env, says) => {
    if (url === null) await rm(join(cwd, ".caramel/local.json"));
    else if (url !== "") await announce(url);
    const { code, err, out } = await caramel(line, env);
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain(says);
  });

  it("never gives the local token to another address, nor follows a redirect with it", async () => {
    expect(await caramel("publish --url https://books.example")).toMatchObject({
      code: 2,
      err: expect.stringContaining("There is no token for https://books.example"),
    });
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.url);
      response.writeHead(302, { location: `${server.url}/_caramel/api/v1/sites` }).end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const { code, err } = await caramel(`publish --url http://127.0.0.1:${port}`, { CARAMEL_TOKEN: token });
    other.close();
    expect([code, seen.length, err]).toEqual([3, 1, expect.stringContaining("not as Caramel does")]);
  });
});

describe("the command line itself", () => {
  it.each([
    ["aply site.yaml", "There is no command `aply`. Did you mean `apply`?"],
    ["apply", "`apply` needs more. Usage: npm run caramel -- apply FILE"],
    ["apply a b", '`apply` has no use for "b".'],
    ["publish --sight x", "Unknown option '--sight'. Ask for help with --help."],
    ["check site.yaml --site x", "`check` has no --site."],
    ["kill maybe", "Write `kill on` or `kill off`, not `kill maybe`."],
    ["export --format xml", '--format is yaml or json, not "xml".'],
    ["publish --url nowhere", '"nowhere" is no address.'],
    ["publish --site bookshp", 'There is no site "bookshp". Did you mean "bookshop"?'],
  ])("%s", async (line, says) => {
    await caramel("apply site.yaml");
    const { code, err } = await caramel(line);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  it("helps a newcomer", async () => {
    const { code, out } = await caramel("--help");
    expect(code).toBe(0);
    for (const part of ["apply FILE", "npm start", "CARAMEL_TOKEN", "Exit codes"]) expect(out).toContain(part);
    expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThan(130);
    expect((await caramel("apply --help")).out).toMatch(/^Usage: npm run caramel -- apply FILE\n/);
    expect((await caramel("help kill")).out).toContain("Takes effect within a minute");
    expect((await caramel("")).code).toBe(2);
  });

  it("has colours only where a person looks", async () => {
    await write("site.yaml", file("audiance: {}\n"));
    expect((await caramel("check site.yaml")).err).not.toContain("\u001b[");
    expect((await caramel("check site.yaml", {}, true)).err).toContain("\u001b[31merror");
    expect([wantsColours(true, {}), wantsColours(false, {}), wantsColours(true, { NO_COLOR: "1" })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("a preview's link", () => {
  it("is all that goes to the output, so that a pipeline can post it", async () => {
    await caramel("apply site.yaml");
    const { code, out, err } = await caramel('preview --to /books --context {"country":"DE"} --variants hero=on');
    expect([code, out]).toEqual([0, "https://books.example/books?caramel_preview=signed"]);
    expect(err).toMatch(/^Shows r_[0-9a-f]{20} as somebody new, until /);
  });

  it.each([
    ["--context nonsense", 2, "JSON object"],
    ["--variants hero", 2, "hero-copy=warm"],
    ["--variants hero=of", 1, 'Did you mean "on"?'],
    ["--at noon", 1, "with its zone"],
  ])("is not made by %s", async (words, code, told) => {
    await caramel("apply site.yaml");
    const refused = await caramel(`preview ${words}`);
    expect([refused.code, refused.out]).toEqual([code, ""]);
    expect(refused.err).toContain(told);
  });
});

describe("what runs the deployment", () => {
  it("tells when more databases are needed, and moves visitors step by step", async () => {
    const status = await caramel("databases");
    expect(status.code).toBe(1);
    expect(status.out).toContain("VISITORS  7.00 GB  9 profiles  1.0 events/s, 0.5 profiles/s changed (last hour)");
    expect(status.err).toBe("VISITORS holds 7.0 of 10.0 GB: `databases move VISITORS VISITORS_1`.");
    const moved = await caramel("databases move VISITORS VISITORS_1 --share 25%");
    expect([moved.code, moved.out]).toEqual([0, expect.stringMatching(/^All have been moved\.\nNothing is left/)]);
    const unknown = await caramel("databases move VISITORS VISITORS_9");
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining("There is no VISITORS_9")]);
    for (const line of ["databases move VISITORS", "databases fill", "databases move A B --share 0%"]) {
      expect((await caramel(line)).code, line).toBe(2);
    }
  });

  it("lists dead letters and puts all of them back", async () => {
    await caramel("apply site.yaml");
    const listed = await caramel("dead-letters list");
    expect(listed.out.split("\n")[0]).toBe("a23456789012  2023-11-14T22:13:20.000Z  1x  somebody  buy  D1 was away");
    expect(listed.err).toBe("3 in all; the oldest 2 are shown.");
    expect((await caramel("dead-letters replay")).out).toBe("3 messages put back on the queue.");
    expect((await caramel("dead-letters list")).err).toBe("0 dead letters");
    expect((await caramel("dead-letters burn")).code).toBe(2);
  });
});
