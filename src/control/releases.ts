import * as z from "zod";
import { exportDraft } from "../core/config/export.ts";
import { siteFile } from "../core/config/site-file.ts";
import type { ReleaseId } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import { pageOf, sliced, sliceOf } from "./cursor.ts";
import { answer, type Endpoint, type SiteCall } from "./endpoint.ts";
import { pageQuery, problemEntry, releaseId, siteKey, timeMs } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { makeLive, publish } from "./publish.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { expectedRevision } from "./revision.ts";

const liveAnswer = ({ site, release, killed, publishedAtMs }: LivePointer, rest: object = {}): Response =>
  answer({ site, release, killed, publishedAtMs, ...rest }, { status: 201 });

const liveNow = z.object({
  site: siteKey,
  release: releaseId,
  killed: z.boolean(),
  publishedAtMs: timeMs,
  problems: z.array(problemEntry).optional(),
});
const idOf = ({ id }: { readonly id: ReleaseId }): string => id;

/** `POST …/releases`: publishes the draft. Idempotent: the same draft is the same release. */
const create: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases",
  action: "publish",
  about: "Freezes the draft into a release and makes it live. With If-Match, only the revision you have read.",
  wire: {
    id: "publish",
    headers: {
      "If-Match": 'The revision that you have read, as its ETag says it: `"7"`. Another one is refused with 412.',
    },
    returns: liveNow,
    status: 201,
  },
  handle: async ({ site, request, note }, ports) => {
    const expected = expectedRevision(request.headers);
    if (!expected.ok) return refuse(expected.error);
    note({ before: (await ports.releases.pointer(site))?.release ?? null });
    const published = await publish(site, expected.value, ports);
    if (!published.ok) return refuse(published.error);
    note({ after: published.value.pointer.release });
    return liveAnswer(published.value.pointer, { problems: published.value.warnings });
  },
};

const list: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases",
  action: "read",
  about: "Every release, newest first, and which of them is live.",
  wire: {
    id: "listReleases",
    query: pageQuery,
    returns: z.object({
      live: releaseId.nullable(),
      killed: z.boolean(),
      releases: z.array(z.object({ id: releaseId, createdAtMs: timeMs, live: z.boolean() })),
      next: z.string().nullable(),
    }),
  },
  handle: async ({ site, request }, { releases }) => {
    const slice = sliceOf(request);
    if (!slice.ok) return refuse(slice.error);
    const [all, pointer] = await Promise.all([releases.list(site), releases.pointer(site)]);
    const found = sliced(all, slice.value, idOf).map((one) => ({ ...one, live: one.id === pointer?.release }));
    const page = pageOf("releases", found, slice.value, idOf);
    return answer({ live: pointer?.release ?? null, killed: pointer?.killed ?? false, ...page });
  },
};

const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases/:release",
  action: "read",
  about: "One release, with its content as a configuration file.",
  wire: { id: "readRelease", returns: z.object({ id: releaseId, site: siteKey, configuration: siteFile }) },
  handle: async (call, ports) => {
    const release = await releaseOfCall(call, ports);
    if (release === null) return unknownRelease(call);
    return answer({ id: release.id, site: release.site, configuration: exportDraft(release.content) });
  },
};

/** `POST …/releases/:release/live`: rolls back, or forward again. Idempotent. */
const rollback: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases/:release/live",
  action: "rollback",
  about: "Makes an earlier release live again.",
  wire: { id: "rollback", returns: liveNow, status: 201 },
  handle: async (call, ports) => {
    const release = await releaseOfCall(call, ports);
    if (release === null) return unknownRelease(call);
    call.note({ before: (await ports.releases.pointer(call.site))?.release ?? null, after: release.id });
    const live = await makeLive(release.content, release.id, ports);
    return live.ok ? liveAnswer(live.value) : refuse(live.error);
  },
};

const releaseShape = /^r_[0-9a-f]{20}$/;

/** A release of another site is not there, as far as this address knows. */
async function releaseOfCall({ site, params }: SiteCall, { releases }: ControlPorts): Promise<Release | null> {
  const { release: id = "" } = params;
  const release = releaseShape.test(id) ? await releases.read(id as ReleaseId) : null;
  return release?.site === site ? release : null;
}

const unknownRelease = ({ site, params }: SiteCall): Response =>
  refuse({ kind: "not_found", what: `Site "${site}" has no release "${params.release?.slice(0, 40)}".` });

const killBody = z.strictObject({ killed: z.boolean() });
const killExample = '{ "killed": true }';

/** `POST …/kill`: the switch that lets every request pass through untouched. It works with D1 away. */
const kill: Endpoint = {
  method: "POST",
  path: "/sites/:site/kill",
  action: "kill",
  about: "Switches all personalization of the site off (killed: true) or on again, within a minute.",
  wire: {
    id: "kill",
    body: killBody,
    example: killExample,
    returns: z.object({ site: siteKey, killed: z.boolean(), atEdge: z.boolean(), inDatabase: z.boolean() }),
  },
  handle: async ({ site, request, note }, { releases }) => {
    const body = await parseBody(request, killBody, killExample);
    if (!body.ok) return refuse(body.error);
    const { killed } = body.value;
    note({ after: killed ? "killed" : "not killed" });
    const { atEdge, inDatabase } = await releases.kill(site, killed);
    if (!atEdge && !inDatabase)
      return refuse({ kind: "unavailable", why: `Nothing of site "${site}" is live, or no store could be reached.` });
    return answer({ site, killed, atEdge, inDatabase });
  },
};

export const releaseEndpoints: readonly Endpoint[] = [create, list, read, rollback, kill];
