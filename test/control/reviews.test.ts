import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { Principal } from "../../src/control/access.ts";
import type { Doors } from "../../src/control/recognise.ts";
import { fail, ok } from "../../src/core/result.ts";
import type { Scope } from "../../src/core/roles.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
import { migrate } from "../store/migrated.ts";
import { caller, controlPorts, knownTokens, nowMs, siteFile } from "./api.ts";

/** People by the token that stands for them: each is who their token says. */
const someone = (name: string, scopes: readonly Scope[]): Principal => ({
  id: `person:${name}`,
  name,
  kind: "person",
  roles: { "*": scopes },
});
const people: Record<string, Principal> = {
  ann: someone("ann", ["author", "approver"]),
  ben: someone("ben", ["author"]),
  cat: someone("cat", ["approver"]),
  ops: someone("ops", ["operator"]),
};
const doors: Doors = {
  ...knownTokens(),
  tokens: {
    open: async (token) => {
      const principal = people[token];
      return principal === undefined ? fail("unknown") : ok({ principal, token, tokenHash: "", expiresAtMs: null });
    },
    reopen: async () => null,
  },
};
const ports = controlPorts({ doors });
const call = caller(ports);
const as =
  (token: string) =>
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(method, path, { token, headers, ...(body === undefined ? {} : { body }) });
const [ann, ben, cat, ops] = [as("ann"), as("ben"), as("cat"), as("ops")];

const reviewed = { review: { required: true } };
/** Writes a draft as somebody, and submits it as somebody. @returns the release. */
async function submitted(site: string, more: object, writer = ben, submitter = ben): Promise<string> {
  await writer("PUT", `/sites/${site}/draft`, siteFile(site, { ...reviewed, ...more }));
  return (await submitter("POST", `/sites/${site}/reviews`)).json.release;
}
const approve = (who: typeof ann, site: string, id: string, approved = true) =>
  who("POST", `/sites/${site}/releases/${id}/approval`, { approved, note: "looked at it" });
const publish = (who: typeof ann, site: string, id?: string) =>
  who("POST", id === undefined ? `/sites/${site}/releases` : `/sites/${site}/releases/${id}/publication`);
const stateOf = async (site: string, id: string) => (await ann("GET", `/sites/${site}/releases/${id}`)).json.state;

beforeAll(migrate);

describe("a site that requires review", () => {
  it("publishes nothing that nobody has approved, and says what to do", async ({ expect }) => {
    const id = await submitted("asks", {});
    for (const refused of [await publish(cat, "asks"), await publish(cat, "asks", id)]) {
      expect([refused.status, refused.json.title, refused.json.detail]).toEqual([
        409,
        "Not approved",
        expect.stringContaining(`was submitted for review by ben`),
      ]);
    }
    expect(await stateOf("asks", id)).toBe("review");
    expect((await approve(cat, "asks", id)).json).toEqual({ site: "asks", release: id, state: "approved" });
    expect((await publish(cat, "asks")).json.release).toBe(id);
    const { history } = (await ann("GET", `/sites/asks/releases/${id}`)).json;
    expect(history.map(({ step, by }: { step: string; by: string }) => `${step} ${by}`)).toEqual([
      "review ben",
      "approved cat",
      "live cat",
    ]);
    expect(history[0]).toMatchObject({ atMs: nowMs, revision: 1 });
  });

  it("is not got round by a draft that no longer asks for it", async ({ expect }) => {
    await approve(cat, "round", await submitted("round", {}));
    await publish(cat, "round");
    await ben("PUT", "/sites/round/draft", siteFile("round"));
    expect((await publish(cat, "round")).status).toBe(409);
  });

  it("lets nobody approve what they submitted or wrote a part of", async ({ expect }) => {
    await ann("PUT", "/sites/own/draft", siteFile("own", reviewed));
    const id = await submitted("own", { holdout: "1%" });
    const wrote = await approve(ann, "own", id);
    expect([wrote.status, wrote.json.title]).toEqual([403, "Not your own"]);
    const mine = await submitted("own", { holdout: "2%" }, ben, ann);
    expect((await approve(ann, "own", mine)).status).toBe(403);
    expect((await approve(cat, "own", mine)).status).toBe(200);
    await publish(cat, "own");
    // What is live now is nobody's own any more: only edits since count.
    const next = await submitted("own", { holdout: "3%" });
    expect((await approve(ann, "own", next)).status).toBe(200);
    expect((await approve(ben, "own", next)).status).toBe(403);
  });

  it("lets people approve their own where it says so", async ({ expect }) => {
    const id = await submitted("trusting", { review: { required: true, ownApproval: true } }, ann, ann);
    expect((await approve(ann, "trusting", id)).status).toBe(200);
  });

  it("voids an approval with the next edit, and takes it back as the draft returns", async ({ expect }) => {
    const id = await submitted("edited", { holdout: "1%" });
    await approve(cat, "edited", id);
    await ben("PUT", "/sites/edited/draft", siteFile("edited", { ...reviewed, holdout: "2%" }));
    const refused = await publish(cat, "edited", id);
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining("the approval is void")]);
    expect((await publish(cat, "edited")).json.detail).toContain(`The approval of ${id} does not cover it`);
    expect(await stateOf("edited", id)).toBe("void");
    await env.DB.prepare("UPDATE holdouts SET coverage_bps = 100 WHERE site = 'edited'").run();
    expect(await stateOf("edited", id)).toBe("approved");
    await env.DB.prepare("UPDATE experiences SET priority = 5 WHERE site = 'edited'").run();
    expect((await publish(cat, "edited", id)).status).toBe(409);
  });

  it("does not publish what was rejected, nor approve what is not in review", async ({ expect }) => {
    const id = await submitted("rejected", {});
    expect((await approve(cat, "rejected", id, false)).json.state).toBe("rejected");
    expect((await publish(cat, "rejected")).json.detail).toContain("was rejected by cat");
    expect((await approve(cat, "rejected", id)).status).toBe(409);
    await ben("POST", "/sites/rejected/reviews");
    expect((await approve(cat, "rejected", id)).status).toBe(200);
    expect((await approve(cat, "rejected", id, false)).json.state).toBe("rejected");
    expect((await publish(cat, "rejected")).status).toBe(409);
  });

  it("approves nothing that was edited after it was submitted", async ({ expect }) => {
    const id = await submitted("moved", { holdout: "1%" });
    await ben("PUT", "/sites/moved/draft", siteFile("moved", { ...reviewed, holdout: "2%" }));
    const late = await approve(cat, "moved", id);
    expect([late.status, late.json.detail]).toEqual([409, expect.stringContaining("edited since")]);
  });

  it("judges in the very batch that moves the pointer: a rejection in between wins", async ({ expect }) => {
    const id = await submitted("raced", {});
    await approve(cat, "raced", id);
    const store = createReviewStore(env.DB);
    const overtaken = caller(
      controlPorts({
        doors,
        reviews: {
          ...store,
          events: async (site, release) => {
            const events = await store.events(site, release);
            await approve(cat, "raced", id, false);
            return events;
          },
        },
      }),
    );
    const refused = await overtaken("POST", "/sites/raced/releases", { token: "cat" });
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining("not approved any more")]);
    expect(await stateOf("raced", id)).toBe("rejected");
  });

  it("takes back an earlier release without a new approval, and only one that has been live", async ({ expect }) => {
    const one = await submitted("back", { holdout: "1%" });
    await approve(cat, "back", one);
    await publish(cat, "back");
    const two = await submitted("back", { holdout: "2%" });
    expect((await ops("POST", `/sites/back/releases/${two}/live`)).status).toBe(409);
    await approve(cat, "back", two);
    await publish(cat, "back");
    expect([await stateOf("back", one), await stateOf("back", two)]).toEqual(["superseded", "live"]);
    expect((await ops("POST", `/sites/back/releases/${one}/live`)).status).toBe(201);
    expect([await stateOf("back", one), await stateOf("back", two)]).toEqual(["live", "rolled_back"]);
    expect((await publish(cat, "back", two)).json.detail).toContain("is a rollback");
  });

  it("lets each do only what their role allows", async ({ expect }) => {
    const id = await submitted("roles", {});
    const path = `/sites/roles/releases/${id}`;
    expect((await ben("POST", `${path}/approval`, { approved: true })).status).toBe(403);
    expect((await ben("POST", `${path}/publication`)).status).toBe(403);
    expect((await cat("POST", "/sites/roles/reviews")).status).toBe(403);
    expect((await cat("PUT", `${path}/stage`, { share: "1%" })).status).toBe(403);
    expect((await ben("PUT", `${path}/schedule`, { at: null })).status).toBe(403);
  });
});

describe("a site that does not", () => {
  it("publishes its draft, submitted or not, and says who did", async ({ expect }) => {
    await ben("PUT", "/sites/free/draft", siteFile("free"));
    const { release } = (await publish(cat, "free")).json;
    expect(await stateOf("free", release)).toBe("live");
    expect((await ann("GET", "/sites/free/releases")).json.releases[0].last).toMatchObject({ step: "live", by: "cat" });
  });
});

describe("a schedule", () => {
  it("takes times to come, and judges when it is set", async ({ expect }) => {
    const id = await submitted("timed", {});
    const at = (time: string | null) => cat("PUT", `/sites/timed/releases/${id}/schedule`, { at: time });
    const later = new Date(nowMs + 3_600_000).toISOString();
    expect((await at(later)).status).toBe(409);
    await approve(cat, "timed", id);
    expect((await at(later)).json).toEqual({ site: "timed", release: id, at: later });
    expect(await stateOf("timed", id)).toBe("scheduled");
    expect((await at("tomorrow")).status).toBe(422);
    expect((await at(new Date(nowMs - 1).toISOString())).status).toBe(400);
    expect((await at(null)).status).toBe(200);
    expect([(await at(null)).status, await stateOf("timed", id)]).toEqual([409, "approved"]);
  });
});

describe("a stage", () => {
  it("gives a release to a share, grows, and ends with a publish, a rollback or 0%", async ({ expect }) => {
    await ben("PUT", "/sites/staged/draft", siteFile("staged"));
    const one = (await publish(cat, "staged")).json.release;
    await ben("PUT", "/sites/staged/draft", siteFile("staged", { holdout: "1%" }));
    const two = (await ben("POST", "/sites/staged/reviews")).json.release;
    const stage = (share: string, id = two) => ops("PUT", `/sites/staged/releases/${id}/stage`, { share });
    expect((await stage("10%")).json).toMatchObject({ release: one, staged: { release: two, shareBps: 1000 } });
    expect((await stage("50%")).json.staged).toEqual({ release: two, shareBps: 5000, seed: `stage:${two}` });
    expect([await stateOf("staged", one), await stateOf("staged", two)]).toEqual(["live", "staged"]);
    expect((await stage("0%")).json).toMatchObject({ release: one, staged: null });
    await stage("50%");
    expect((await publish(cat, "staged", two)).json).toMatchObject({ release: two, staged: null });
    expect((await stage("50%", two)).status).toBe(409);
    await stage("20%", one);
    expect((await ops("POST", `/sites/staged/releases/${two}/live`)).json.staged).toBeNull();
    expect(await stateOf("staged", one)).toBe("superseded");
  });

  it("needs something live beside it", async ({ expect }) => {
    await ben("PUT", "/sites/alone/draft", siteFile("alone"));
    const id = (await ben("POST", "/sites/alone/reviews")).json.release;
    expect((await ops("PUT", `/sites/alone/releases/${id}/stage`, { share: "5%" })).status).toBe(409);
  });
});

describe("two editors", () => {
  it("who race two hundred times lose no edit: one gets in, the other gets what was changed", {
    timeout: 60_000,
  }, async ({ expect }) => {
    await ann("PUT", "/sites/race/draft", siteFile("race"));
    const editor = async (who: typeof ann, name: string): Promise<number> => {
      let conflicts = 0;
      for (let edit = 0; edit < 100; edit += 1) {
        for (;;) {
          const { json: file, headers } = await who("GET", "/sites/race/draft");
          const etag = headers.get("etag") ?? "";
          const before = file.audiences?.[name]?.when["trait.edits"] ?? 0;
          const audiences = { ...file.audiences, [name]: { when: { "trait.edits": before + 1 } } };
          const answer = await who("PUT", "/sites/race/draft", { ...file, audiences }, { "if-match": etag });
          if (answer.status === 200) break;
          conflicts += 1;
          expect(answer.status).toBe(409);
          const other = name === "ann" ? "ben" : "ann";
          expect(answer.json.edits.at(-1)).toMatchObject({
            by: other,
            changes: [expect.stringMatching(`^audiences ${other}: `)],
          });
        }
      }
      return conflicts;
    };
    const conflicts = await Promise.all([editor(ann, "ann"), editor(ben, "ben")]);
    const { json, headers } = await ann("GET", "/sites/race/draft");
    const edits = { when: { "trait.edits": 100 } };
    expect([json.audiences, headers.get("etag")]).toEqual([{ ann: edits, ben: edits }, '"201"']);
    expect(conflicts[0] + conflicts[1]).toBeGreaterThan(0);
  });
});

describe("a change list over the API", () => {
  it("says what publishing would move", async ({ expect }) => {
    const arms = (warm: number) => ({
      experiences: {
        hero: {
          kind: "experiment",
          routes: ["/"],
          variants: {
            control: { weight: `${100 - warm}%` },
            warm: { weight: `${warm}%`, operations: [{ selector: "h1", action: "remove" }] },
          },
        },
      },
    });
    await ben("PUT", "/sites/listed/draft", siteFile("listed", arms(50)));
    await publish(cat, "listed");
    await ben("PUT", "/sites/listed/draft", siteFile("listed", arms(80)));
    const { json } = await ann("GET", "/sites/listed/draft/changes");
    expect(json.changes).toEqual([
      {
        kind: "changed",
        group: "experiences",
        key: "hero",
        details: ["weight of warm 50 % → 80 %", "30 % of enrolled visitors would switch, none if sticky"],
        movement: expect.objectContaining({ switches: 0.3 }),
      },
    ]);
    const { release } = (await ben("POST", "/sites/listed/reviews")).json;
    expect((await ann("GET", `/sites/listed/releases/${release}/changes`)).json.changes).toEqual(json.changes);
  });
});
