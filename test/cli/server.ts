import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createControl } from "../../src/control/control.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import { deployment } from "../../src/control/tokens.ts";
import type { Draft } from "../../src/core/draft.ts";
import type { VisitorId } from "../../src/core/ids.ts";
import type { LivePointer, Release } from "../../src/core/release.ts";
import { fail, ok } from "../../src/core/result.ts";

/** The real admin API over HTTP for the command line to speak to. Only its stores are in memory: Node has no D1. */
export const token = "token-of-the-command-line-tests";

function memoryStores(): Pick<ControlPorts, "drafts" | "releases"> {
  const drafts = new Map<string, { revision: number; draft: Draft }>();
  const releases = new Map<string, Release>();
  const live = new Map<string, LivePointer>();
  return {
    drafts: {
      read: async (site) => {
        const stored = drafts.get(site);
        return stored ? { revision: stored.revision, draft: ok(stored.draft) } : null;
      },
      write: async (draft, expected) => {
        const revision = drafts.get(draft.site.key)?.revision ?? 0;
        if (expected !== null && expected !== revision) return fail({ revision });
        drafts.set(draft.site.key, { revision: revision + 1, draft });
        return ok(revision + 1);
      },
      sites: async () => [...drafts].map(([, { draft, revision }]) => ({ site: draft.site.key, revision })),
    },
    releases: {
      save: async (release) => void releases.set(release.id, release),
      makeLive: async (pointer) => {
        const next = { ...pointer, killed: live.get(pointer.site)?.killed ?? false };
        live.set(pointer.site, next);
        return ok(next);
      },
      list: async (site) =>
        [...releases.values()]
          .filter((release) => release.site === site)
          .map(({ id }) => ({ id, createdAtMs: 0 }))
          .reverse(),
      read: async (id) => releases.get(id) ?? null,
      pointer: async (site) => live.get(site) ?? null,
      kill: async (site, killed) => {
        const pointer = live.get(site);
        if (pointer) live.set(site, { ...pointer, killed });
        return { atEdge: pointer !== undefined, inDatabase: pointer !== undefined };
      },
    },
  };
}

const visitorId = "somebody-new-00000000" as VisitorId;
const notHere = () => Promise.reject(new Error("not part of these tests"));

const controlPorts = (): ControlPorts => ({
  ...memoryStores(),
  authenticate: async (given) => (given === token ? deployment : null),
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
  digest: async (text) => createHash("sha256").update(text).digest("hex"),
  now: () => 0,
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
