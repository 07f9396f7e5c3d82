import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createControl } from "../../src/control/control.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import { deployment } from "../../src/control/tokens.ts";
import { type AuditRow, linked, noRowsYet } from "../../src/core/audit.ts";
import type { VisitorId } from "../../src/core/ids.ts";
import { fail, ok } from "../../src/core/result.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
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

function stores(): Pick<ControlPorts, "drafts" | "releases" | "reviews"> {
  const db = sqliteD1();
  return {
    drafts: createDraftStore(db),
    releases: createReleaseStore({ db, kv: mapKv(), now: tick }),
    reviews: createReviewStore(db),
  };
}

const visitorId = "somebody-new-00000000" as VisitorId;
const notHere = () => Promise.reject(new Error("not part of these tests"));

/** One token, which may do everything; nothing is made, and the audit is a list. */
function memoryAccess(): Pick<ControlPorts, "doors" | "tokens" | "people" | "audit" | "replays"> {
  const holder = { principal: deployment, token: null, tokenHash: "", expiresAtMs: null };
  const rows: AuditRow[] = [];
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

const controlPorts = (): ControlPorts => ({
  ...stores(),
  ...memoryAccess(),
  visitors: { read: async () => null, setTraits: notHere, seed: notHere },
  findSite: notHere,
  weights: { read: async () => ({}), write: notHere },
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
  now: tick,
  report: () => {},
});

/** Listens on a free port of this machine; the caller closes it. */
export async function startServer(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const app = createControl(controlPorts());
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
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
