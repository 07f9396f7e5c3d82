import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { createReleaseReader } from "../../src/store/live-releases.ts";
import { migrate } from "../store/migrated.ts";
import { caller, nowMs, siteFile } from "./api.ts";

const call = caller();
const reader = createReleaseReader({ kv: env.KV });
const apply = (site: string, more: object = {}) => call("PUT", `/sites/${site}/draft`, { body: siteFile(site, more) });
const publish = (site: string, headers: Record<string, string> = {}) =>
  call("POST", `/sites/${site}/releases`, { headers });

/** The holdout of what a page would find: it tells our releases apart. */
async function liveHoldout(host: string) {
  const site = await reader.findSite(host);
  const pointer = site && (await reader.pointer(site));
  const release = pointer && (await reader.release(pointer.release));
  return pointer?.killed ? "killed" : release?.content.holdouts.all?.coverageBps;
}

beforeAll(migrate);

describe("publishing", () => {
  it("makes the draft live, and nothing before", async ({ expect }) => {
    await apply("pub", { holdout: "1%" });
    expect(await liveHoldout("pub.example")).toBeUndefined();
    const { status, json } = await publish("pub");
    expect([status, json.site, json.publishedAtMs, json.problems]).toEqual([201, "pub", nowMs, []]);
    expect(json.release).toMatch(/^r_[0-9a-f]{20}$/);
    expect(await liveHoldout("pub.example")).toBe(100);
    await apply("pub", { holdout: "2%" });
    expect(await liveHoldout("pub.example")).toBe(100);
  });

  it("gives the same draft the same release", async ({ expect }) => {
    await apply("same");
    const [one, two] = [await publish("same"), await publish("same")];
    expect(one.json.release).toBe(two.json.release);
    expect((await call("GET", "/sites/same/releases")).json.releases).toHaveLength(1);
  });

  it("only what the caller has read, when they say so", async ({ expect }) => {
    await apply("seen");
    await apply("seen", { holdout: "1%" });
    expect((await publish("seen", { "if-match": '"1"' })).status).toBe(409);
    expect((await publish("seen", { "if-match": '"2"' })).status).toBe(201);
  });

  it("refuses a host that another site answers for, and a site that is not there", async ({ expect }) => {
    await apply("first");
    await publish("first");
    await apply("second", { hosts: ["second.example", "first.example"] });
    const refused = await publish("second");
    expect([refused.status, refused.json.detail]).toEqual([
      409,
      expect.stringContaining('"first" answers for "first.example"'),
    ]);
    expect((await publish("nobody")).status).toBe(404);
  });

  it("tells warnings along with the release", async ({ expect }) => {
    const hero = siteFile().experiences.hero;
    await apply("warned", { experiences: { one: hero, two: hero } });
    const { status, json } = await publish("warned");
    expect([status, json.problems.length, json.problems[0].severity]).toEqual([201, 2, "warning"]);
  });
});

describe("releases", () => {
  it("are listed, read and made live again", async ({ expect }) => {
    await apply("back", { holdout: "1%" });
    const one = (await publish("back")).json.release;
    await apply("back", { holdout: "2%" });
    const two = (await publish("back")).json.release;
    const listed = (await call("GET", "/sites/back/releases")).json;
    expect(listed.live).toBe(two);
    expect(listed.releases.map(({ id }: { id: string }) => id).sort()).toEqual([one, two].sort());
    expect((await call("GET", `/sites/back/releases/${one}`)).json.configuration.holdouts).toEqual({ all: "1%" });
    const back = await call("POST", `/sites/back/releases/${one}/live`);
    expect([back.status, back.json.release]).toEqual([201, one]);
    expect((await call("GET", "/sites/back/releases")).json.live).toBe(one);
  });

  it("of another site, unknown or malformed are not there", async ({ expect }) => {
    await apply("theirs");
    const { release } = (await publish("theirs")).json;
    await apply("mine");
    for (const id of [release, "r_00000000000000000000", "r_1", "..%2f..%2fx"]) {
      expect((await call("GET", `/sites/mine/releases/${id}`)).status).toBe(404);
      expect((await call("POST", `/sites/mine/releases/${id}/live`)).status).toBe(404);
    }
  });
});

describe("the kill switch", () => {
  it("stops everything, and publishing does not undo it", async ({ expect }) => {
    await apply("kill", { holdout: "1%" });
    await publish("kill");
    const killed = await call("POST", "/sites/kill/kill", { body: { killed: true } });
    expect([killed.status, killed.json]).toEqual([200, { site: "kill", killed: true, atEdge: true, inDatabase: true }]);
    await apply("kill", { holdout: "2%" });
    expect((await publish("kill")).json.killed).toBe(true);
    expect((await call("GET", "/sites/kill/releases")).json.killed).toBe(true);
    await call("POST", "/sites/kill/kill", { body: { killed: false } });
    expect((await call("GET", "/sites/kill/releases")).json.killed).toBe(false);
  });

  it.for([{}, { killed: "yes" }, { killed: true, more: 1 }, [], null])(
    "does not understand %j",
    async (body, { expect }) => {
      const { status, json } = await call("POST", "/sites/kill/kill", { body });
      expect([status, json.problems[0].advice]).toEqual([422, 'Write, for example, { "killed": true }.']);
    },
  );

  it("says so when nothing is live", async ({ expect }) => {
    await apply("idle");
    expect((await call("POST", "/sites/idle/kill", { body: { killed: true } })).status).toBe(503);
  });
});
