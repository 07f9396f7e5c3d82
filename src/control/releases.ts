import * as z from "zod";
import { exportDraft } from "../core/config/export.ts";
import type { ReleaseId } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import { answer, type Endpoint, type SiteCall } from "./endpoint.ts";
import type { ControlPorts } from "./ports.ts";
import { makeLive, publish } from "./publish.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { expectedRevision } from "./revision.ts";

const liveAnswer = ({ site, release, killed, publishedAtMs }: LivePointer, rest: object = {}): Response =>
  answer({ site, release, killed, publishedAtMs, ...rest }, { status: 201 });

/** `POST …/releases`: publishes the draft. Idempotent: the same draft is the same release. */
const create: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases",
  action: "publish",
  about: "Freezes the draft into a release and makes it live. With If-Match, only the revision you have read.",
  handle: async ({ site, request }, ports) => {
    const expected = expectedRevision(request.headers);
    if (!expected.ok) return refuse(expected.error);
    const published = await publish(site, expected.value, ports);
    if (!published.ok) return refuse(published.error);
    return liveAnswer(published.value.pointer, { problems: published.value.warnings });
  },
};

const list: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases",
  action: "read",
  about: "Every release, newest first, and which of them is live.",
  handle: async ({ site }, { releases }) => {
    const [all, pointer] = await Promise.all([releases.list(site), releases.pointer(site)]);
    return answer({
      live: pointer?.release ?? null,
      killed: pointer?.killed ?? false,
      releases: all.map(({ id, createdAtMs }) => ({ id, createdAtMs, live: id === pointer?.release })),
    });
  },
};

const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases/:release",
  action: "read",
  about: "One release, with its content as a configuration file.",
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
  handle: async (call, ports) => {
    const release = await releaseOfCall(call, ports);
    if (release === null) return unknownRelease(call);
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

/** `POST …/kill`: the switch that lets every request pass through untouched. It works with D1 away. */
const kill: Endpoint = {
  method: "POST",
  path: "/sites/:site/kill",
  action: "kill",
  about: "Switches all personalization of the site off (killed: true) or on again, within a minute.",
  handle: async ({ site, request }, { releases }) => {
    const body = await parseBody(request, killBody, '{ "killed": true }');
    if (!body.ok) return refuse(body.error);
    const { killed } = body.value;
    const { atEdge, inDatabase } = await releases.kill(site, killed);
    if (!atEdge && !inDatabase)
      return refuse({ kind: "unavailable", why: `Nothing of site "${site}" is live, or no store could be reached.` });
    return answer({ site, killed, atEdge, inDatabase });
  },
};

export const releaseEndpoints: readonly Endpoint[] = [create, list, read, rollback, kill];
