import * as z from "zod";
import { changeLines } from "../core/diff/change-lines.ts";
import { changesBetween } from "../core/diff/changes.ts";
import type { Release } from "../core/release.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { type ReleaseEvent, reviewPolicyOf, verdictOn, wasLive } from "../core/review.ts";
import type { Principal } from "./access.ts";
import { actorOf, draftReleaseOf, liveContent } from "./approval.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { checksField } from "./live-checks.ts";
import { releaseState } from "./live-now.ts";
import { problemEntry, releaseId, siteKey } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { freeze, lookedAt } from "./publish.ts";
import { parseOptionalBody } from "./read-body.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";
import { expectedRevision } from "./revision.ts";

const note = z.string().max(2000).default("");
const submissionExample = '{ "note": "Warmer words at night" }';
const submission = z.strictObject({ note, checks: checksField });

/** `POST …/reviews`: freezes the draft into a release and asks for a verdict on it. Repeating it asks again. */
const submit: Endpoint = {
  method: "POST",
  path: "/sites/:site/reviews",
  action: "submit",
  about:
    "Freezes the draft into a release and puts it forward for review. With If-Match, only the revision you have read.",
  wire: {
    id: "submit",
    headers: {
      "If-Match":
        'The revision that you have read, as its ETag says it: `"7"`. Another one is refused with 409, and what others changed since.',
    },
    body: submission,
    example: submissionExample,
    returns: z.object({
      site: siteKey,
      release: releaseId,
      state: releaseState,
      revision: z.int(),
      changes: z.array(z.string()),
      problems: z.array(problemEntry),
    }),
    status: 201,
  },
  handle: async ({ site, request, principal, note: tell }, ports) => {
    const expected = expectedRevision(request.headers);
    if (!expected.ok) return refuse(expected.error);
    const body = await parseOptionalBody(request, submission, submissionExample);
    if (!body.ok) return refuse(body.error);
    const frozen = await freeze(site, expected.value, ports);
    if (!frozen.ok) return refuse(frozen.error);
    const { release, revision } = frozen.value;
    const looked = await lookedAt(frozen.value, body.value.checks, ports);
    if (!looked.ok) return refuse(looked.error);
    await ports.releases.save(release);
    tell({ after: release.id });
    const step = { site, release: release.id, step: "review" as const, by: actorOf(principal), revision };
    await ports.reviews.note({ ...step, atMs: ports.now(), note: body.value.note });
    const changes = changesBetween(await liveContent(site, ports), release.content);
    const told = { changes: changeLines(changes), problems: looked.value };
    return answer({ site, release: release.id, state: "review", revision, ...told }, { status: 201 });
  },
};

const verdictExample = '{ "approved": true, "note": "" }';
const verdict = z.strictObject({ approved: z.boolean(), note });

/** `POST …/releases/:release/approval`: agrees to a release that is in review, as it stands, or refuses it. */
const decide: Endpoint = {
  method: "POST",
  path: "/sites/:site/releases/:release/approval",
  action: "approve",
  about:
    "Approves a release that is in review, or rejects it (approved: false). The approval is void once the draft is edited.",
  wire: {
    id: "decide",
    body: verdict,
    example: verdictExample,
    returns: z.object({ site: siteKey, release: releaseId, state: releaseState }),
  },
  handle: async (call, ports) => {
    const body = await parseOptionalBody(call.request, verdict, verdictExample);
    if (!body.ok) return refuse(body.error);
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { approved, note: why } = body.value;
    const seen = await decidable(found.value, approved, call.principal, ports);
    if (!seen.ok) return refuse(seen.error);
    const { site, id } = found.value;
    const step = approved ? ("approved" as const) : ("rejected" as const);
    call.note({ after: `${id} ${step}` });
    const by = actorOf(call.principal);
    const { revision } = seen.value;
    const noted = { site, release: id, step, by, atMs: ports.now(), revision, note: why };
    if (await ports.reviews.decide(noted, seen.value.step)) return answer({ site, release: id, state: step });
    return refuse({ kind: "conflict", why: `Somebody else has just decided on ${id}. Look at its history.` });
  },
};

/** The verdict that a new one would follow, if the caller may give one. */
async function decidable(
  release: Release,
  approves: boolean,
  principal: Principal,
  ports: ControlPorts,
): Promise<Result<ReleaseEvent, Refusal>> {
  const { site, id } = release;
  const events = await ports.reviews.events(site, id);
  const last = verdictOn(events);
  const isOpen = last?.step === "review" || (last?.step === "approved" && !approves);
  if (last === null || !isOpen || wasLive(events)) return fail({ kind: "conflict", why: closed(id, last, events) });
  if (!approves) return ok(last);
  if ((await draftReleaseOf(site, ports)) !== id) {
    const why = `The draft of "${site}" has been edited since ${id} was submitted. Submit it again.`;
    return fail({ kind: "conflict", why });
  }
  const policy = reviewPolicyOf(await liveContent(site, ports), release.content);
  if (policy.ownApproval || !(await isOwn(release, last, principal, ports))) return ok(last);
  const why = `"${site}" wants another pair of eyes: you have submitted this release, or written part of it.`;
  return fail({ kind: "own", why });
}

function closed(id: string, last: ReleaseEvent | null, events: readonly ReleaseEvent[]): string {
  if (wasLive(events)) return `Release ${id} has been live already: it needs no verdict.`;
  if (last === null) return `Release ${id} was not submitted for review.`;
  return `Release ${id} was ${last.step} by ${last.by.name} at ${new Date(last.atMs).toISOString()}. Submit the draft to ask again.`;
}

/** Whoever submitted it, or made an edit that is in it and not in what is live. */
async function isOwn(
  { site }: Release,
  submitted: ReleaseEvent,
  { id }: Principal,
  { reviews, releases }: ControlPorts,
): Promise<boolean> {
  if (submitted.by.id === id) return true;
  const live = (await releases.pointer(site))?.release;
  const events = live === undefined ? [] : await reviews.events(site, live);
  const after = events.findLast(({ revision }) => revision !== null)?.revision ?? 0;
  const authors = await reviews.authors(site, after, submitted.revision ?? Number.MAX_SAFE_INTEGER);
  return authors.some((author) => author.id === id);
}

export const reviewEndpoints: readonly Endpoint[] = [submit, decide];
