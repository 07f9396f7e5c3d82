import * as z from "zod";
import { exportDraft } from "../core/config/export.ts";
import { siteFile } from "../core/config/site-file.ts";
import type { ReleaseId } from "../core/ids.ts";
import { type ReleaseEvent, releaseSteps, stateOf, wasLive } from "../core/review.ts";
import { actorOf, draftReleaseOf, permitFor } from "./approval.ts";
import { pageOf, sliced, sliceOf } from "./cursor.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { checksField } from "./live-checks.ts";
import { liveAnswer, liveNow, releaseState, stagedShape } from "./live-now.ts";
import { pageQuery, releaseId, siteKey, timeMs } from "./openapi/shapes.ts";
import { deedOf, makeLive, publish } from "./publish.ts";
import { parseBody, parseOptionalBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";
import { expectedRevision } from "./revision.ts";

const historyLine = z.object({
  step: z.enum(releaseSteps),
  by: z.string(),
  atMs: timeMs,
  revision: z.int().nullable(),
  note: z.string(),
});

const listedRelease = z.object({
  id: releaseId,
  createdAtMs: timeMs,
  live: z.boolean(),
  state: releaseState,
  scheduledAtMs: timeMs.nullable(),
  last: historyLine.nullable(),
});

const idOf = ({ id }: { readonly id: ReleaseId }): string => id;

const publishBody = z.strictObject({ checks: checksField });
const publishExample = '{ "checks": "strict" }';

/** `POST …/releases`: publishes the draft. Idempotent: the same draft is the same release. */
const create: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases",
  action: "publish",
  about: "Freezes the draft into a release and makes it live. With If-Match, only the revision you have read.",
  wire: {
    id: "publish",
    headers: {
      "If-Match":
        'The revision that you have read, as its ETag says it: `"7"`. Another one is refused with 409, and what others changed since.',
    },
    body: publishBody,
    example: publishExample,
    returns: liveNow,
    status: 201,
  },
  handle: async ({ site, request, principal, note }, ports) => {
    const expected = expectedRevision(request.headers);
    if (!expected.ok) return refuse(expected.error);
    const body = await parseOptionalBody(request, publishBody, publishExample);
    if (!body.ok) return refuse(body.error);
    note({ before: (await ports.releases.pointer(site))?.release ?? null });
    const published = await publish(site, expected.value, body.value.checks, actorOf(principal), ports);
    if (!published.ok) return refuse(published.error);
    note({ after: published.value.pointer.release });
    return liveAnswer(published.value.pointer, { problems: published.value.warnings });
  },
};

const list: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases",
  action: "read",
  about: "Every release, newest first, where each stands, and which of them is live.",
  wire: {
    id: "listReleases",
    query: pageQuery,
    returns: z.object({
      live: releaseId.nullable(),
      killed: z.boolean(),
      staged: stagedShape.nullable(),
      releases: z.array(listedRelease),
      next: z.string().nullable(),
    }),
  },
  handle: async ({ site, request }, ports) => {
    const slice = sliceOf(request);
    if (!slice.ok) return refuse(slice.error);
    const { releases, reviews } = ports;
    const [all, pointer, events, scheduled] = await Promise.all([
      releases.list(site),
      releases.pointer(site),
      reviews.events(site, null),
      reviews.scheduled(site),
    ]);
    const eventsOf = Map.groupBy(events, ({ release }) => release);
    const mayBeVoid = events.some(({ step }) => step === "approved");
    const draftRelease = mayBeVoid ? await draftReleaseOf(site, ports) : null;
    const found = sliced(all, slice.value, idOf).map(({ id, createdAtMs }) => {
      const own = eventsOf.get(id) ?? [];
      const scheduledAtMs = scheduled.find(({ release }) => release === id)?.atMs ?? null;
      const state = stateOf(id, own, pointer, draftRelease);
      return { id, createdAtMs, live: id === pointer?.release, state, scheduledAtMs, last: lastOf(own) };
    });
    const { release = null, killed = false, staged = null } = pointer ?? {};
    return answer({ live: release, killed, staged, ...pageOf("releases", found, slice.value, idOf) });
  },
};

/** A line of history as the API shows it. */
const told = ({ step, by, atMs, revision, note }: ReleaseEvent) => ({ step, by: by.name, atMs, revision, note });

function lastOf(events: readonly ReleaseEvent[]) {
  const last = events.at(-1);
  return last === undefined ? null : told(last);
}

const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases/:release",
  action: "read",
  about: "One release: its content as a configuration file, where it stands, and what has happened to it.",
  wire: {
    id: "readRelease",
    returns: z.object({
      id: releaseId,
      site: siteKey,
      state: releaseState,
      history: z.array(historyLine),
      configuration: siteFile,
    }),
  },
  handle: async (call, ports) => {
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { id, site, content } = found.value;
    const [events, pointer] = await Promise.all([ports.reviews.events(site, id), ports.releases.pointer(site)]);
    const state = stateOf(id, events, pointer, await draftReleaseOf(site, ports));
    return answer({ id, site, state, history: events.map(told), configuration: exportDraft(content) });
  },
};

/** `POST …/releases/:release/live`: rolls back, or forward again. Idempotent. */
const rollback: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases/:release/live",
  action: "rollback",
  about: "Makes a release live again that visitors have had before. It needs no new approval.",
  wire: { id: "rollback", returns: liveNow, status: 201 },
  handle: async (call, ports) => {
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id } = found.value;
    call.note({ before: (await ports.releases.pointer(site))?.release ?? null, after: id });
    if (!wasLive(await ports.reviews.events(site, id))) {
      return refuse({ kind: "conflict", why: `Release ${id} has never been live. Publish it: POST …/publication.` });
    }
    const permit = await permitFor(found.value, id, ports);
    if (!permit.ok) return refuse(permit.error);
    const live = await makeLive(found.value, deedOf(permit.value, actorOf(call.principal), ports), ports);
    return live.ok ? liveAnswer(live.value) : refuse(live.error);
  },
};

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
