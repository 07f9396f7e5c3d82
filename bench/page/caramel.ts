import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import { releaseOf } from "../../src/core/release-id.ts";
import { hostKey, pointerKey, pointerText, releaseKey } from "../../src/store/live-keys.ts";
import type { WorkerFile } from "./workerd.ts";

const built = new URL("../../dist/worker.js", import.meta.url);

/** The built Worker with a release in its KV. */
export async function caramelWorker(name: string, originUrl: string, experiences: object): Promise<WorkerFile> {
  return {
    name,
    code: await readFile(built, "utf8"),
    settings: { VISIT_KEY: "only-for-the-benchmark-0123456789", ALLOW_PRIVATE_ORIGINS: "true" },
    kv: await liveValues({ site: "bookshop", hosts: ["*"], origin: originUrl, experiences }),
  };
}

export async function liveValues(file: object): Promise<Readonly<Record<string, string>>> {
  const draft = parseSiteFile(file);
  if (!draft.ok) throw new Error(JSON.stringify(draft.error));
  const release = await releaseOf(draft.value, async (text) => createHash("sha256").update(text).digest("hex"));
  const { site, id } = release;
  return {
    [hostKey("*")]: site,
    [pointerKey(site)]: pointerText({ site, release: id, killed: false, publishedAtMs: Date.now() }),
    [releaseKey(id)]: JSON.stringify(release),
  };
}

export const experiment = (operations: readonly object[]) => ({
  kind: "experiment",
  routes: ["/*"],
  variants: { control: { weight: "0%" }, night: { weight: "100%", operations } },
});

/** Three experiences that everybody is in, with the five mutations of `page.ts`. */
export const threeExperiences = {
  title: experiment([
    { selector: "#title", action: "setText", value: "Still awake, reader?" },
    { selector: ".offer", action: "addClass", value: "offer--night" },
  ]),
  delivery: experiment([
    { selector: "#new", action: "setAttribute", name: "href", value: "/genre/night" },
    { selector: "#banner", action: "setHtml", value: "<p>Free delivery <b>tonight</b></p>" },
  ]),
  basket: experiment([{ selector: "#basket", action: "append", value: "<li>A reading lamp</li>" }]),
};

/** Something is live, but not on the pages that are asked for. */
export const nothingHere = {
  elsewhere: { ...experiment([{ selector: "h1", action: "setText", value: "x" }]), routes: ["/elsewhere"] },
};
