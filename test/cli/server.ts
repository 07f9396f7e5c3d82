import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createControl } from "../../src/control/control.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import { deployment } from "../../src/control/tokens.ts";
import type { VisitorId } from "../../src/core/ids.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
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

const controlPorts = (): ControlPorts => ({
  ...stores(),
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
