import * as z from "zod";
import type { Release } from "../core/release.ts";
import { replay } from "../core/replay/replay.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { answer, type Endpoint, type SiteCall } from "./endpoint.ts";
import { releaseId, siteKey } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { freeze } from "./publish.ts";
import { parseOptionalBody } from "./read-body.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";

const body = z.strictObject({ release: z.string().optional() });
const example = '{ "release": "r_0123456789abcdef0123" }';

const share = z.number().min(0).max(1);
const variant = z.string().nullable();
const returns = z.object({
  site: siteKey,
  live: releaseId,
  release: releaseId,
  contexts: z.int().describe("How many recorded contexts were decided."),
  visitors: z.int().describe("How many made-up visitors stand for them."),
  changed: share.describe("Share of visitors who would see something else."),
  changes: z.array(z.object({ experience: z.string(), from: variant, to: variant, share })),
  unknown: z.array(z.object({ experience: z.string(), why: z.string() })),
});

/** `POST …/replay`: decides recorded contexts under what is live and under the draft, or another release. Changes nothing. */
const run: Endpoint = {
  method: "POST",
  path: "/sites/:site/replay",
  action: "read",
  about:
    "Decides recorded contexts under what is live and under the draft (or a release): how many visitors would see what change.",
  wire: { id: "replay", body, example, returns },
  handle: async (call, ports) => {
    const parsed = await parseOptionalBody(call.request, body, example);
    if (!parsed.ok) return refuse(parsed.error);
    const { site } = call;
    const next = await nextOf(parsed.value.release, call, ports);
    if (!next.ok) return refuse(next.error);
    const pointer = await ports.releases.pointer(site);
    const live = pointer === null ? null : await ports.releases.read(pointer.release);
    if (live === null) return refuse({ kind: "not_found", what: `Nothing of site "${site}" is live yet.` });
    const [contexts, weights] = await Promise.all([ports.contexts.read(site, ports.now()), ports.weights.read(site)]);
    return answer({ site, live: live.id, release: next.value.id, ...replay(live, next.value, contexts, weights) });
  },
};

async function nextOf(id: string | undefined, call: SiteCall, ports: ControlPorts): Promise<Result<Release, Refusal>> {
  if (id !== undefined) return releaseOfCall({ ...call, params: { release: id } }, ports);
  const frozen = await freeze(call.site, null, ports);
  return frozen.ok ? ok(frozen.value.release) : fail(frozen.error);
}

export const replayEndpoints: readonly Endpoint[] = [run];
