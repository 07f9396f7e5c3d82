import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { buildIfStale } from "../../../src/cli/local/bundle.ts";
import { workerFile } from "../../../src/cli/local/root.ts";
import { runtime } from "../../../src/cli/local/worker.ts";
import { parseSiteFile } from "../../../src/core/config/site-file.ts";
import type { Draft } from "../../../src/core/draft.ts";
import type { Release } from "../../../src/core/release.ts";
import { releaseOf } from "../../../src/core/release-id.ts";
import { hostKey, pointerKey, pointerText, releaseKey } from "../../../src/store/live-keys.ts";
import { adminToken, visitKey } from "../abuse/site.ts";
import type { StandIn } from "./store.ts";
import { startD1, startKv, startQueue } from "./store.ts";
import { serveWorkerd, type WorkerdProcess } from "./workerd-process.ts";

/** The built Worker on plain workerd, with stores that do what the test says. */
export interface BareSite extends WorkerdProcess {
  readonly kv: StandIn;
  readonly queue: StandIn;
  readonly d1: StandIn;
  readonly values: Map<string, string>;
  /** Envelopes that the queue has taken. */
  readonly messages: readonly unknown[];
}

/** The release that a configuration is published as, unchecked but for its shape. */
export function released(file: object): Promise<Release> {
  const draft = parseSiteFile(file);
  if (!draft.ok) throw new Error(JSON.stringify(draft.error));
  return releasedAs(draft.value);
}

/** The release of a content, whatever it is. */
export const releasedAs = (content: Draft): Promise<Release> =>
  releaseOf(content, async (text) => createHash("sha256").update(text).digest("hex"));

/** What publishing writes into KV. */
export function publishInto(values: Map<string, string>, release: Release, text = JSON.stringify(release)): void {
  const { site, id, content } = release;
  for (const host of content.site.hosts) values.set(hostKey(host), site);
  values.set(releaseKey(id), text);
  values.set(pointerKey(site), pointerText({ site, release: id, killed: false, publishedAtMs: Date.now() }));
}

/**
 * Starts it with a release in KV.
 *
 * @param fallbackOrigin where pages come from while no release can be had.
 * @param prepare what befalls the stores before the first request.
 */
export async function startBare(
  release: Release,
  fallbackOrigin: string,
  prepare: (site: Pick<BareSite, "kv" | "queue" | "d1">) => void = () => {},
): Promise<BareSite> {
  await buildIfStale();
  const values = new Map<string, string>();
  publishInto(values, release);
  const messages: unknown[] = [];
  const stores = { kv: await startKv(values), queue: await startQueue(messages), d1: await startD1() };
  prepare(stores);
  const files = { "worker.js": await readFile(workerFile, "utf8"), "config.capnp": configOf(stores, fallbackOrigin) };
  const workerd = await serveWorkerd(files);
  return {
    ...workerd,
    ...stores,
    values,
    messages,
    async stop() {
      await workerd.stop();
      await Promise.all(Object.values(stores).map((store) => store.close()));
    },
  };
}

/** Waits until the isolate has its release: a cold one on a busy machine passes its first pages through. */
export async function warmed<Site extends { readonly port: number }>(site: Site): Promise<Site> {
  for (let tries = 0; tries < 100; tries += 1) {
    const health: { release: string | null } = await (
      await fetch(`http://127.0.0.1:${site.port}/_caramel/health`)
    ).json();
    if (health.release !== null) return site;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no release in ten seconds");
}

const quoted = (text: string): string => JSON.stringify(text);

function configOf(stores: Record<string, StandIn>, fallbackOrigin: string): string {
  const services = Object.entries(stores).map(
    ([name, { port }]) => `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ()))`,
  );
  const texts = {
    VISIT_KEY: visitKey,
    ADMIN_TOKEN: adminToken,
    ALLOW_PRIVATE_ORIGINS: "true",
    FALLBACK_ORIGIN: JSON.stringify({ "*": fallbackOrigin }),
  };
  const database = `wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "d1")])`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    ${services.join(",\n    ")},
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [
    ${Object.entries(texts)
      .map(([name, text]) => `(name = "${name}", text = ${quoted(text)})`)
      .join(",\n    ")},
    (name = "KV", kvNamespace = "kv"),
    (name = "EVENTS", queue = "queue"),
    (name = "DB", ${database}),
    (name = "VISITORS", ${database})
  ],
  compatibilityDate = "${runtime.compatibilityDate}"
);
`;
}
