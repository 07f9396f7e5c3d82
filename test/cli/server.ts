import "./base64.ts";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createControl } from "../../src/control/control.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import { deployment } from "../../src/control/tokens.ts";
import { type AuditRow, linked, noRowsYet } from "../../src/core/audit.ts";
import type { VisitorId } from "../../src/core/ids.ts";
import { fail, ok } from "../../src/core/result.ts";
import { createContextStore } from "../../src/store/contexts.ts";
import type { DeadLetter } from "../../src/store/dead-letters.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
import type { Move } from "../../src/store/spread/move-ledger.ts";
import type { StoredToken } from "../../src/store/tokens.ts";
import { mapKv, sqliteD1 } from "./sqlite-d1.ts";

/** The real admin API over HTTP for the command line to speak to. Its stores are the real ones, over Node's own SQLite. */
export const token = "token-of-the-command-line-tests";

let nowMs = 0;
/** A time for each change, so that lists have an order. */
const tick = (): number => {
  nowMs += 1;
  return nowMs;
};

function stores(): Pick<ControlPorts, "drafts" | "releases" | "reviews" | "contexts"> {
  const db = sqliteD1();
  return {
    drafts: createDraftStore(db),
    releases: createReleaseStore({ db, kv: mapKv(), now: tick }),
    reviews: createReviewStore(db),
    contexts: createContextStore(db),
  };
}

const visitorId = "somebody-new-00000000" as VisitorId;
/** Two databases, the first of which is full; moving takes two steps. */
function memoryDatabases(): ControlPorts["databases"] {
  const figures = { eventsInLastHour: 3_600, profilesChangedInLastHour: 1_800, profiles: 9 };
  let move: Move | null = null;
  return {
    queues: 1,
    figures: async () => [
      { name: "VISITORS", sizeBytes: 7e9, ...figures },
      { name: "VISITORS_1", sizeBytes: 1e6, ...figures },
    ],
    moves: {
      current: async () => move,
      begin: async ({ source, target }) => {
        if (target === "VISITORS_9") return fail({ kind: "unknown", name: target, names: ["VISITORS", "VISITORS_1"] });
        move = { source, target, at: "", until: null, isOpen: false, chunkUntil: null, moved: 0, sinceMs: 0 };
        return ok(move);
      },
      advance: async () => {
        if (move === null) return { kind: "idle" };
        // As long as a call may take: the next thousand are the next call's.
        nowMs += 30_000;
        const next: Move | null = move.moved === 0 ? { ...move, moved: 1_000 } : null;
        move = next;
        return { kind: "moved", rows: 1_000, move: next };
      },
      stop: async () => move !== null,
      clean: async () => 0,
    },
  };
}

/** Three letters, of which two go at one go. */
function memoryDeadLetters(): ControlPorts["deadLetters"] {
  const letterOf = (id: string): DeadLetter => ({
    id: `${id}234567890123456`,
    site: "shop",
    visitor: "somebody",
    body: { events: [{ name: "buy" }] },
    reason: "D1 was away",
    times: 1,
    atMs: 1_700_000_000_000,
  });
  let letters = ["a", "b", "c"].map(letterOf);
  return {
    list: async (_site, _until, most) => letters.slice(0, Math.min(most, 2)),
    count: async () => letters.length,
    remove: async (gone) => {
      letters = letters.filter(({ id }) => !gone.some((one) => one.id === id));
    },
    resend: async () => {},
  };
}

const notHere = () => Promise.reject(new Error("not part of these tests"));

/** One token, which may do everything; nothing is made, and the audit is a list. */
function memoryAccess(rows: AuditRow[]): Pick<ControlPorts, "doors" | "tokens" | "people" | "audit" | "replays"> {
  const holder = { principal: deployment, token: null, tokenHash: "", expiresAtMs: null };
  const tokens = new Map<string, StoredToken>();
  return {
    doors: {
      tokens: { open: async (given) => (given === token ? ok(holder) : fail("unknown")), reopen: notHere },
      sessions: { find: async () => null },
      access: null,
    },
    tokens: {
      insert: async (one) => void tokens.set(one.id, one),
      find: async (id) => tokens.get(id) ?? null,
      list: async () => [...tokens.values()],
      revoke: async (id, revokedAtMs) => {
        const one = tokens.get(id);
        if (one) tokens.set(id, { ...one, revokedAtMs });
      },
    },
    people: { rolesOf: async () => ({}), list: async () => [], set: notHere },
    audit: {
      append: async (entry) => {
        const chain = rows.filter(({ site }) => site === entry.site);
        const row = await linked(entry, chain.at(-1) ?? noRowsYet, digest);
        rows.push(row);
        return row;
      },
      rows: async (site, after, limit) => rows.filter((row) => row.site === site && row.seq > after).slice(0, limit),
    },
    replays: { begin: async () => ({ kind: "mine" }), finish: async () => {}, forget: async () => {} },
  };
}

const digest = async (text: string) => createHash("sha256").update(text).digest("hex");

const controlPorts = (rows: AuditRow[]): ControlPorts => ({
  ...stores(),
  ...memoryAccess(rows),
  website: null,
  visitors: { read: async () => null, setTraits: notHere, seed: notHere },
  findSite: notHere,
  weights: { read: async () => ({}), write: notHere },
  databases: memoryDatabases(),
  deadLetters: memoryDeadLetters(),
  previews: {
    keep: async () => {},
    sign: async () => "signed",
    newVisitorId: () => visitorId,
  },
  signVisit: notHere,
  identifyKey: notHere,
  // HTMLRewriter is not in Node: this one selector stands for all that it refuses.
  checkSelector: (selector) => (selector === "h1 ! p" ? "unexpected token" : null),
  checkPolicy: () => [],
  digest,
  now: () => 0,
  report: () => {},
});

interface TestServer {
  readonly url: string;
  readonly close: () => Promise<void>;
  /** Changes the first row of the audit, as somebody with the database could. */
  readonly tamper: () => void;
}

/** Listens on a free port of this machine; the caller closes it. */
export async function startServer(): Promise<TestServer> {
  const rows: AuditRow[] = [];
  const app = createControl(controlPorts(rows));
  const answerCall = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = (incoming.url ?? "").replace("/_caramel/api/v1", "");
    const hasBody = incoming.method !== "GET";
    const response = await app.request(`http://localhost${path}`, {
      method: incoming.method ?? "GET",
      headers: incoming.headers as Record<string, string>,
      ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
    });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  };
  const server = createServer((incoming, outgoing) => void answerCall(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
    tamper: () => rows.splice(0, 1, ...rows.slice(0, 1).map((row) => ({ ...row, principal: "somebody else" }))),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
