import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { SiteKey } from "../../src/core/ids.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { migrate } from "./migrated.ts";
import { experience, sampleDraft } from "./sample-draft.ts";

const drafts = createDraftStore(env.DB);
const key = (site: string) => site as SiteKey;
const run = (sql: string) => env.DB.prepare(sql).run();

/** The revision and draft of a site that is known to be there and whole. */
async function readWhole(site: string) {
  const stored = await drafts.read(key(site));
  if (!stored?.draft.ok) throw new Error(JSON.stringify(stored));
  return { revision: stored.revision, draft: stored.draft.value };
}

async function problemsOf(site: string) {
  const stored = await drafts.read(key(site));
  return stored?.draft.ok === false ? stored.draft.error : [];
}

beforeAll(migrate);

describe("writing and reading", () => {
  it("gives back the draft that was written, every field of it", async ({ expect }) => {
    await drafts.write(sampleDraft("whole"), null);
    expect((await readWhole("whole")).draft).toEqual(sampleDraft("whole"));
  });

  it("replaces what was there", async ({ expect }) => {
    await drafts.write(sampleDraft("replaced"), null);
    const smaller = { ...sampleDraft("replaced"), experiences: {}, slots: {} };
    await drafts.write(smaller, null);
    expect((await readWhole("replaced")).draft).toEqual(smaller);
  });

  it("leaves other sites alone", async ({ expect }) => {
    await drafts.write(sampleDraft("one"), null);
    const before = await readWhole("one");
    await drafts.write({ ...sampleDraft("two"), experiences: {} }, null);
    expect(await readWhole("one")).toEqual(before);
  });

  it("knows no site that was never written", async ({ expect }) => {
    expect(await drafts.read(key("never"))).toBeNull();
  });

  it("writes and reads 1000 experiences with all that D1 allows", async ({ expect }) => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`e-${index}`, experience({ priority: index })]),
    );
    const startMs = Date.now();
    await drafts.write({ ...sampleDraft("many"), experiences: many }, null);
    const { draft } = await readWhole("many");
    expect(Object.keys(draft.experiences)).toHaveLength(1000);
    expect(draft.experiences["e-999"]).toEqual(experience({ priority: 999 }));
    console.log(`1000 experiences written and read in ${Date.now() - startMs} ms`);
  });
});

describe("the revision", () => {
  it("rises with every write", async ({ expect }) => {
    expect(await drafts.write(sampleDraft("rises"), null)).toEqual({ ok: true, value: 1 });
    expect(await drafts.write(sampleDraft("rises"), 1)).toEqual({ ok: true, value: 2 });
    expect((await readWhole("rises")).revision).toBe(2);
  });

  it("refuses a write made from an older one, and changes nothing", async ({ expect }) => {
    await drafts.write(sampleDraft("older"), null);
    await drafts.write(sampleDraft("older"), 1);
    const before = await readWhole("older");
    expect(await drafts.write({ ...sampleDraft("older"), experiences: {} }, 1)).toEqual({
      ok: false,
      error: { revision: 2 },
    });
    expect(await readWhole("older")).toEqual(before);
  });

  it("refuses to create a site that is there, and to update one that is not", async ({ expect }) => {
    await drafts.write(sampleDraft("there"), 0);
    expect(await drafts.write(sampleDraft("there"), 0)).toEqual({ ok: false, error: { revision: 1 } });
    expect(await drafts.write(sampleDraft("gone"), 7)).toEqual({ ok: false, error: { revision: null } });
    expect(await drafts.read(key("gone"))).toBeNull();
  });

  it("lets exactly one of many racing editors through", async ({ expect }) => {
    await drafts.write(sampleDraft("race"), null);
    const writes = await Promise.all(Array.from({ length: 20 }, () => drafts.write(sampleDraft("race"), 1)));
    expect(writes.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await readWhole("race")).revision).toBe(2);
  });

  it.for([
    "UPDATE variants SET weight_bps = 1 WHERE site = 'by-sql' AND experience = 'hero' AND key = 'warm'",
    "DELETE FROM slots WHERE site = 'by-sql' AND key = 'nothing'",
    "INSERT INTO layers (site, key, seed) VALUES ('by-sql', 'new', 's')",
    "UPDATE sites SET origin = 'https://b.example' WHERE key = 'by-sql'",
  ])("rises with an edit by SQL: %s", async (sql, { expect }) => {
    await drafts.write(sampleDraft("by-sql"), null);
    const { revision } = await readWhole("by-sql");
    await run(sql);
    expect((await readWhole("by-sql")).revision).toBe(revision + 1);
    expect((await drafts.write(sampleDraft("by-sql"), revision)).ok).toBe(false);
  });

  it("is listed for every site", async ({ expect }) => {
    await drafts.write(sampleDraft("listed"), null);
    expect(await drafts.sites()).toContainEqual({ site: "listed", revision: 1 });
  });
});

describe("rows that people wrote by SQL", () => {
  it("need only the columns that matter", async ({ expect }) => {
    await run(`INSERT INTO sites (key, hosts, origin) VALUES ('short', '["a.example"]', 'https://o.example')`);
    await run(
      `INSERT INTO experiences (site, key, kind, routes, metrics) VALUES
      ('short', 'e', 'experiment', '[{"path": "/"}]', '[{"metric": "a"}, {"metric": "b"}]')`,
    );
    await run(`INSERT INTO variants (site, experience, key, position, weight_bps, operations) VALUES
      ('short', 'e', 'control', 0, 5000, '[]'),
      ('short', 'e', 'b', 1, 5000, '[{"selector": "h1", "action": "setText", "value": "Hello"}]')`);
    const { draft } = await readWhole("short");
    expect(draft.site.cookie).toEqual({ name: "caramel", domain: null, maxAgeDays: 365 });
    expect(draft.experiences.e).toMatchObject({
      seed: "e",
      hashVersion: 2,
      coverageBps: 10_000,
      metrics: [
        { metric: "a", role: "primary" },
        { metric: "b", role: "secondary" },
      ],
      routes: [{ path: "/", query: {}, methods: ["GET", "HEAD"], surface: "html" }],
      variants: [{ key: "control" }, { key: "b", operations: [{ selector: "h1", name: null, value: "Hello" }] }],
    });
  });

  it.for([
    ["experiences", "kind = 'experimnt'", "/experiences/hero/kind", "experiment, personalization, rollout, bandit"],
    ["experiences", "schedule = '{\"from\":'", "/experiences/hero/schedule", "double quotes"],
    ["experiences", "routes = '[{\"path\": 1}]'", "/experiences/hero/routes", "string"],
    ["experiences", "schedule = '{\"days\": [7]}'", "/experiences/hero/schedule", "/days/0 of schedule to at most 6"],
    ["experiences", "sticky = 'TRUE'", "/experiences/hero/sticky", "none, visitor, user"],
    ["experiences", 'metrics = \'[{"metrc": "basket"}]\'', "/experiences/hero/metrics", "metric"],
  ])("are told what is wrong with them: %s SET %s", async ([table, change, path, advice], { expect }) => {
    await drafts.write(sampleDraft("wrong"), null);
    await run(`UPDATE ${table} SET ${change} WHERE site = 'wrong' AND key = 'hero'`);
    const [problem] = await problemsOf("wrong");
    expect(problem).toMatchObject({ path, severity: "error" });
    expect(problem?.message).toContain('experiences "hero", column');
    expect((await problemsOf("wrong")).map(({ advice }) => advice).join()).toContain(advice);
  });

  it("are told of every mistake at once, down to the operation", async ({ expect }) => {
    await drafts.write(sampleDraft("several"), null);
    await run("UPDATE slots SET type = 'txt' WHERE site = 'several' AND key = 'title'");
    await run(`UPDATE variants SET operations = '[{"selector": "h1", "action": "setTxt"}]'
      WHERE site = 'several' AND experience = 'hero' AND key = 'warm'`);
    await run("INSERT INTO variants (site, experience, key, weight_bps) VALUES ('several', 'hreo', 'b', 1)");
    const problems = await problemsOf("several");
    expect(problems.map(({ path }) => path)).toEqual([
      "/variants/hero/warm/operations",
      "/slots/title/type",
      "/variants/hreo/b/experience",
    ]);
    expect(problems[0]?.message).toContain("at /0/action");
  });

  it("can't hold a share over 100 %, JSON of another kind or two audiences", async ({ expect }) => {
    await drafts.write(sampleDraft("checked"), null);
    const where = "WHERE site = 'checked' AND key = 'hero'";
    await expect(run(`UPDATE experiences SET coverage_bps = 10001 ${where}`)).rejects.toThrow(
      "coverage_bps_is_a_share",
    );
    await expect(run(`UPDATE experiences SET routes = '{}' ${where}`)).rejects.toThrow("routes_is_json_array");
    await expect(run(`UPDATE experiences SET condition = '{}' ${where}`)).rejects.toThrow("one_audience");
    await expect(run(`UPDATE experiences SET priority = 'high' ${where}`)).rejects.toThrow("INTEGER");
  });
});
