import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import { releaseOf } from "../../src/core/release-id.ts";
import { childrenOf } from "./cpu.ts";

/** A Worker before the origin, alone in its workerd. */
export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const runtime = { compatibilityDate: "2026-10-20", compatibilityFlags: ["nodejs_compat"] };

/** Hands the request on, and nothing else. */
export const bareWorker = (origin: string): string => `
  const origin = ${JSON.stringify(origin)};
  export default {
    fetch(request) {
      const path = request.url.slice(request.url.indexOf("/", 8));
      return fetch(new Request(origin + path, request));
    },
  };`;

/** The same five changes as Caramel's three experiences, written by hand. */
export const handWrittenWorker = (origin: string): string => `
  const origin = ${JSON.stringify(origin)};
  const title = { element(element) { element.setInnerContent("Hello", { html: false }); } };
  const lede = { element(element) { element.setInnerContent("Good evening", { html: false }); } };
  const offer = { element(element) { element.setAttribute("class", (element.getAttribute("class") ?? "") + " offer--night"); } };
  const more = { element(element) { element.setAttribute("href", "/more?from=night"); } };
  const foot = { element(element) { element.append("<p>Good night</p>", { html: true }); } };
  export default {
    async fetch(request) {
      const path = request.url.slice(request.url.indexOf("/", 8));
      const answer = await fetch(new Request(origin + path, request));
      return new HTMLRewriter()
        .on("#hero h1", title).on("#hero .lede", lede).on(".offer", offer).on("#footer .more", more).on("#footer", foot)
        .transform(answer);
    },
  };`;

const change = (selector: string, action: string, value: string, name?: string) => ({
  selector,
  action,
  value,
  ...(name === undefined ? {} : { name }),
});
const experience = (operations: readonly object[]) => ({
  kind: "experiment",
  routes: ["/page/*"],
  variants: { control: { weight: "0%" }, night: { weight: "100%", operations } },
});

/** Three experiences, five operations, on `/page/*`; nothing at all on `/plain/*`. */
const siteFile = (origin: string) => ({
  site: "bench",
  hosts: ["*"],
  origin,
  experiences: {
    hero: experience([change("#hero h1", "setText", "Hello"), change("#hero .lede", "setText", "Good evening")]),
    offer: experience([change(".offer", "addClass", "offer--night")]),
    footer: experience([
      change("#footer .more", "setAttribute", "/more?from=night", "href"),
      change("#footer", "append", "<p>Good night</p>"),
    ]),
  },
});

type Settings = Omit<MiniflareOptions["workers"][number]["config"], "name" | "manifest">;

/** Starts a Worker of one file. */
export async function start(name: string, code: string): Promise<Contestant> {
  return (await launch(name, { ...runtime, env: {} }, code)).contestant;
}

/** Starts the built Worker with the site's release live. */
export async function startCaramel(origin: string): Promise<Contestant> {
  const env = {
    KV: { type: "kv", id: "KV" },
    DB: { type: "d1", id: "DB" },
    VISITORS: { type: "d1", id: "VISITORS" },
    EVENTS: { type: "queue", name: "events" },
    VISIT_KEY: { type: "text", value: "a key for nobody but this benchmark" },
    ALLOW_PRIVATE_ORIGINS: { type: "text", value: "true" },
  } as const;
  const code = await readFile(new URL("../../dist/worker.js", import.meta.url), "utf8");
  const { contestant, miniflare } = await launch("Caramel", { ...runtime, env }, code);
  const parsed = parseSiteFile(siteFile(origin));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const release = await releaseOf(parsed.value, async (text) => createHash("sha256").update(text).digest("hex"));
  const kv = await miniflare.getKVNamespace("KV");
  await kv.put("host:*", "bench");
  await kv.put("live:bench", JSON.stringify({ site: "bench", release: release.id, killed: false, publishedAtMs: 0 }));
  await kv.put(`release:${release.id}`, JSON.stringify(release));
  return contestant;
}

async function launch(name: string, config: Settings, code: string) {
  const port = await freePort();
  const before = new Set(childrenOf(process.pid));
  const options: MiniflareOptions = {
    host: "127.0.0.1",
    port: 0,
    cf: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: "contestant",
          ...config,
          manifest: {
            mainModule: "worker.js",
            modulesRoot: "/",
            modules: { "worker.js": { type: "esm", contents: code } },
          },
        },
        dev: {
          unsafeDirectSockets: [{ host: "127.0.0.1", port }],
          stripCfConnectingIp: false,
          unsafeRegisterWorker: false,
        },
      },
    ],
  };
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  const pid = childrenOf(process.pid).find((child) => !before.has(child)) ?? 0;
  return { miniflare, contestant: { name, port, pid, stop: () => miniflare.dispose() } };
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
