import * as z from "zod";
import { shareField } from "../core/config/share.ts";
import { wasLive } from "../core/review.ts";
import { actorOf, draftReleaseOf, permitFor } from "./approval.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { liveAnswer, liveNow } from "./live-now.ts";
import { releaseId, siteKey } from "./openapi/shapes.ts";
import { deedOf, makeLive, refusalOf } from "./publish.ts";
import { parseBody, parseOptionalBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";

const nothing = z.strictObject({});

/** `POST …/releases/:release/publication`: makes a release live that was frozen earlier, to be reviewed. Idempotent. */
const publication: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases/:release/publication",
  action: "publish",
  about: "Makes a release live that was put forward for review, at once; where review is required, only when approved.",
  wire: { id: "publishRelease", returns: liveNow, status: 201 },
  handle: async (call, ports) => {
    const body = await parseOptionalBody(call.request, nothing, "{}");
    if (!body.ok) return refuse(body.error);
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id } = found.value;
    const [pointer, events] = await Promise.all([ports.releases.pointer(site), ports.reviews.events(site, id)]);
    if (wasLive(events) && pointer?.release !== id) {
      return refuse({ kind: "conflict", why: `Release ${id} has been live before: going back to it is a rollback.` });
    }
    const permit = await permitFor(found.value, await draftReleaseOf(site, ports), ports);
    if (!permit.ok) return refuse(permit.error);
    call.note({ before: pointer?.release ?? null, after: id });
    const live = await makeLive(found.value, deedOf(permit.value, actorOf(call.principal), ports), ports);
    return live.ok ? liveAnswer(live.value) : refuse(live.error);
  },
};

const yearMs = 366 * 86_400_000;
const time = z.iso.datetime({ offset: true, error: "`at` is a time with its offset" }).nullable();
const scheduleBody = z.strictObject({ at: time });
const scheduleExample = '{ "at": "2026-12-01T06:00:00Z" }';

/** `PUT …/releases/:release/schedule`: when a release goes live by itself; `at: null` takes that back. */
const schedule: Endpoint = {
  method: "PUT",
  path: "/sites/:site/releases/:release/schedule",
  action: "publish",
  about:
    "Makes a release live at a time, within five minutes of it, or no longer does (at: null). It is judged now, as it stands.",
  wire: {
    id: "scheduleRelease",
    body: scheduleBody,
    example: scheduleExample,
    returns: z.object({ site: siteKey, release: releaseId, at: z.string().nullable() }),
  },
  handle: async (call, ports) => {
    const body = await parseBody(call.request, scheduleBody, scheduleExample);
    if (!body.ok) return refuse(body.error);
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id } = found.value;
    const by = actorOf(call.principal);
    call.note({ after: body.value.at === null ? `${id} at no time` : `${id} at ${body.value.at}` });
    if (body.value.at === null) {
      const was = await ports.reviews.unschedule({ site, release: id, by, atMs: ports.now() }, "unscheduled", "");
      return was
        ? answer({ site, release: id, at: null })
        : refuse({ kind: "conflict", why: `${id} is not scheduled.` });
    }
    const atMs = Date.parse(body.value.at);
    if (atMs <= ports.now() || atMs > ports.now() + yearMs) {
      return refuse({ kind: "malformed", why: "`at` lies in the future, and within a year." });
    }
    const permit = await permitFor(found.value, await draftReleaseOf(site, ports), ports);
    if (!permit.ok) return refuse(permit.error);
    await ports.reviews.schedule({ site, release: id, by, atMs }, ports.now());
    return answer({ site, release: id, at: new Date(atMs).toISOString() });
  },
};

const stageExample = '{ "share": "10%" }';
const stageBody = z.strictObject({ share: shareField("Who gets it.", "10%") });

/** `PUT …/releases/:release/stage`: gives a release to some visitors before the others. Growing the share moves nobody back. */
const stage: Endpoint = {
  method: "PUT",
  path: "/sites/:site/releases/:release/stage",
  action: "rollout",
  about: "Gives a release to a share of the visitors beside the live one, which the others keep; 0% ends it.",
  wire: { id: "stageRelease", body: stageBody, example: stageExample, returns: liveNow },
  handle: async (call, ports) => {
    const body = await parseBody(call.request, stageBody, stageExample);
    if (!body.ok) return refuse(body.error);
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id } = found.value;
    const pointer = await ports.releases.pointer(site);
    if (pointer === null) return refuse({ kind: "conflict", why: `Nothing of "${site}" is live: publish instead.` });
    if (pointer.release === id) return refuse({ kind: "conflict", why: `Release ${id} is live for everybody.` });
    const permit = await permitFor(found.value, await draftReleaseOf(site, ports), ports);
    if (!permit.ok) return refuse(permit.error);
    const deed = deedOf(permit.value, actorOf(call.principal), ports);
    call.note({ before: pointer.staged?.release ?? null, after: `${id} for ${body.value.share / 100}%` });
    if (body.value.share === 0) {
      await ports.releases.unstage(site, deed);
      return liveAnswer((await ports.releases.pointer(site)) ?? pointer, {}, 200);
    }
    // By the release's own name: the share may grow, and whoever has the release keeps it.
    const staged = await ports.releases.stage(
      site,
      { release: id, shareBps: body.value.share, seed: `stage:${id}` },
      deed,
    );
    return staged.ok ? liveAnswer(staged.value, {}, 200) : refuse(refusalOf(staged.error));
  },
};

export const goingLiveEndpoints: readonly Endpoint[] = [publication, schedule, stage];
