import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { sha256 } from "../../src/control/sha256.ts";
import { type AuditEntry, type AuditRow, noRowsYet, verifyRows } from "../../src/core/audit.ts";
import { createAuditStore } from "../../src/store/audit.ts";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller, controlPorts, nowMs, siteFile } from "./api.ts";

const call = caller();
const store = createAuditStore(env.DB, sha256);
const visitor = "night-reader-000000002";

const entry = (site: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  site,
  atMs: nowMs,
  principal: "token:x",
  action: "edit",
  subject: "PUT /sites/x/draft",
  outcome: "done",
  before: null,
  after: "r_1",
  reason: null,
  request: "r",
  ...more,
});
const rowsOf = (site: string): Promise<AuditRow[]> => store.rows(site, 0, 1000);
const told = async (site: string) =>
  (await rowsOf(site)).map(({ action, outcome, subject, before, after }) => ({
    action,
    outcome,
    subject,
    before,
    after,
  }));

beforeAll(migrate);

describe("every change", () => {
  it("stands between two rows: who, what, where, from what to what", async ({ expect }) => {
    await call("PUT", "/sites/bookshop/draft", { body: siteFile(), token: bookshopOnly });
    await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop", { holdout: "5%" }), token: bookshopOnly });
    await call("PUT", "/sites/bookshop/draft", { body: { site: "bookshop" }, token: bookshopOnly });
    const subject = "PUT /sites/bookshop/draft";
    const begun = { action: "edit", outcome: "begun", subject, before: null, after: null };
    const rows = await told("bookshop");
    const id = expect.stringMatching(/^r_[0-9a-f]{20}$/);
    expect(rows).toEqual([
      begun,
      { ...begun, outcome: "done", after: id },
      begun,
      { ...begun, outcome: "done", before: rows[1]?.after, after: id },
      begun,
      { ...begun, outcome: "refused" },
    ]);
    expect(rows[3]?.after).not.toBe(rows[1]?.after);
    expect(new Set((await rowsOf("bookshop")).map(({ principal }) => principal))).toEqual(
      new Set(["token:bookseller"]),
    );
  });

  it("is in the chain of its site, read page by page and checked by whoever reads", async ({ expect }) => {
    const pages: AuditRow[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { json } = await call("GET", `/sites/bookshop/audit?limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`);
      pages.push(...json.rows);
      cursor = json.next;
    }
    expect(pages).toEqual(await rowsOf("bookshop"));
    expect(await verifyRows(pages, noRowsYet, sha256)).toEqual({ seq: 6, hash: pages.at(-1)?.hash });
  });

  it("does not happen when it can't be written down", async ({ expect }) => {
    const broken = { ...store, append: () => Promise.reject(new Error("D1 is down")) };
    const { status, json } = await caller(controlPorts({ audit: broken }))("PUT", "/sites/unseen/draft", {
      body: siteFile("unseen"),
    });
    expect([status, json.detail]).toEqual([503, "The audit can't be written, so nothing was done."]);
    expect((await call("GET", "/sites/unseen/draft")).status).toBe(404);
  });

  it("that dies half-way has been seen to begin", async ({ expect }) => {
    const ports = controlPorts();
    const dying = { ...ports.drafts, write: () => Promise.reject(new Error("killed")) };
    await caller({ ...ports, drafts: dying })("PUT", "/sites/dying/draft", { body: siteFile("dying") });
    expect((await told("dying")).map(({ outcome }) => outcome)).toEqual(["begun", "failed"]);
  });

  it("and reading changes nothing of it", async ({ expect }) => {
    const before = (await rowsOf("bookshop")).length;
    for (const path of ["/sites", "/me", "/sites/bookshop/draft", "/sites/bookshop/audit"]) await call("GET", path);
    await call("PUT", "/sites/other/draft", { body: {}, token: bookshopOnly });
    expect((await rowsOf("bookshop")).length).toBe(before);
    expect(await rowsOf("other")).toEqual([]);
  });
});

describe("a look at a visitor", () => {
  it("takes a reason, which is kept; the visitor is named by a hash, so that they can be forgotten", async ({
    expect,
  }) => {
    await call("PUT", `/sites/books/visitors/${visitor}/traits`, { body: { readingHour: 23 } });
    const path = `/sites/books/visitors/${visitor}`;
    expect((await call("GET", path)).json.detail).toContain("Say why you look at a visitor");
    const { status, json } = await call("GET", `${path}?reason=asked+by+support`);
    expect([status, json.profile.traits]).toEqual([200, { readingHour: 23 }]);
    const rows = await rowsOf("books");
    expect(rows.at(-1)).toMatchObject({ outcome: "read", reason: "asked by support", action: "visitors" });
    expect(JSON.stringify(rows)).not.toContain(visitor);
    expect(rows.at(-1)?.subject).toContain((await sha256(visitor)).slice(0, 16));
  });
});

it("a token that was pasted where its id belongs is not written down", async ({ expect }) => {
  const pasted = `crml_abcdefghijkl_${"s".repeat(49)}`;
  expect((await call("DELETE", `/sites/pasted/tokens/${pasted}`)).status).toBe(404);
  expect((await told("pasted")).map(({ subject }) => subject)).toEqual(
    Array(2).fill("DELETE /sites/pasted/tokens/abcdefghijkl"),
  );
});

describe("the chain", () => {
  it("has one order however many write at once", async ({ expect }) => {
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => store.append(entry("racing", { request: `r${index}` }))),
    );
    const rows = await rowsOf("racing");
    expect(new Set(rows.map(({ request }) => request)).size).toBe(30);
    expect(await verifyRows(rows, noRowsYet, sha256)).toEqual({ seq: 30, hash: rows.at(-1)?.hash });
  });

  it("of each site runs by itself", async ({ expect }) => {
    await store.append(entry("one"));
    await store.append(entry("two"));
    expect((await rowsOf("two")).map(({ seq, previous }) => [seq, previous])).toEqual([[1, ""]]);
  });

  it.for<readonly [string, string]>([
    ["changed", "UPDATE audit SET principal = 'somebody else'"],
    ["taken away", "DELETE FROM audit"],
    ["replaced", "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE site = 'racing' AND seq = 3"],
    [
      "put in between",
      "INSERT INTO audit SELECT site, seq + 100, at_ms, principal, action, subject, outcome, before_hash, after_hash, reason, request, previous_hash, hash FROM audit WHERE site = 'racing' AND seq = 3",
    ],
    [
      "added without a link",
      "INSERT INTO audit SELECT site, 31, at_ms, principal, action, subject, outcome, before_hash, after_hash, reason, request, 'x', hash FROM audit WHERE site = 'racing' AND seq = 3",
    ],
  ])("can't be %s by SQL", async ([, sql], { expect }) => {
    const before = await rowsOf("racing");
    await expect(env.DB.prepare(sql).run()).rejects.toThrow(/audit: /);
    expect(await rowsOf("racing")).toEqual(before);
  });

  it("tells of whatever was done to it all the same", async ({ expect }) => {
    const rows = await rowsOf("racing");
    const verify = (altered: readonly AuditRow[]) => verifyRows(altered, noRowsYet, sha256);
    for (const field of [
      "atMs",
      "principal",
      "action",
      "subject",
      "outcome",
      "before",
      "after",
      "reason",
      "request",
    ] as const) {
      const altered = rows.map((row) =>
        row.seq === 7 ? { ...row, [field]: field === "atMs" ? 1 : "x" } : row,
      ) as AuditRow[];
      expect([field, await verify(altered)]).toEqual([field, { seq: 7, what: "changed" }]);
    }
    expect(await verify(rows.filter(({ seq }) => seq !== 9))).toEqual({ seq: 9, what: "missing" });
    expect(await verify(rows.slice(1))).toEqual({ seq: 1, what: "missing" });
    const [a, b] = [rows[3], rows[4]];
    if (a === undefined || b === undefined) throw new Error("rows are missing");
    expect(await verify([...rows.slice(0, 3), { ...b, seq: 4 }, { ...a, seq: 5 }])).toEqual({
      seq: 4,
      what: "unlinked",
    });
    const foreign = { ...a, previous: "x" };
    expect(
      await verify([...rows.slice(0, 3), { ...foreign, hash: await sha256(JSON.stringify(foreign)) }]),
    ).toMatchObject({ seq: 4 });
  });
});
