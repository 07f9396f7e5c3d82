import { allowedPurposes, isAnyAllowed, noPurpose, type Purposes } from "../core/consent.ts";
import type { Draft } from "../core/draft.ts";
import { type Envelope, envelopeShape, type VisitorEvent } from "../core/event.ts";
import { noteHappenings } from "../core/happening.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { asksForPreview } from "../core/preview-link.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { urlParts } from "../http/url-parts.ts";
import { readConsent, readSaid, saidCookie } from "../http/visitor-cookies.ts";
import { whoKey } from "../store/who.ts";
import { type Caller, callerOf } from "./caller.ts";
import { type EventIn, eventIn, idOf, type Rejection } from "./event-in.ts";
import { jsonBody } from "./json-body.ts";
import { intakeLimits } from "./limits.ts";
import { subjectsNamed } from "./named-subjects.ts";
import type { CollectPorts, Known } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** The answer's line about an event that was not accepted. `id` is repeated when it is one. */
interface Rejected extends Rejection {
  readonly index: number;
  readonly id: string | null;
}

/** An event with the person it is of. */
interface Assigned {
  readonly event: VisitorEvent;
  readonly known: Known;
}

type Verdict = Result<Assigned, Rejection>;

/**
 * `POST /_caramel/events`: takes a batch of events in. Each is judged by itself: what is wrong with one is said of that one,
 * and the others are accepted. 202 is said when the queue has them; from then on none is lost. What a page of the visitor
 * sends and conditions read is in their cookie when the answer has come, so that the next page knows it.
 *
 * @throws when a store or the queue failed: nothing was acknowledged, and sending the batch again is safe.
 */
export async function takeEvents(request: Request, site: Draft, ports: CollectPorts): Promise<Response> {
  if (request.method !== "POST") return refuse({ kind: "method", allowed: "POST" });
  const caller = await callerOf(request, site, ports, "events");
  if (!caller.ok) return refuse(caller.error);
  const isServer = caller.value.kind === "server";
  const body = await jsonBody(request, isServer ? ["events", "visitor", "user"] : ["events"]);
  if (!body.ok) return refuse(body.error);
  const sent = listIn(body.value);
  if (!sent.ok) return refuse(sent.error);

  const read = sent.value.map((value) => eventIn(value, site, isServer, ports.now()));
  const call: Call = { request, site, caller: caller.value, ports };
  const verdicts = await judge(read, body.value, call);
  const accepted = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.value] : []));
  if (accepted.length > 0) await ports.send(envelopesOf(accepted, site));
  const cookie = await cookieKnowing(accepted, call);
  return said(accepted.length, rejectedIn(verdicts, sent.value), cookie);
}

function listIn({ events }: JsonObject): Result<readonly Json[], Refusal> {
  if (!Array.isArray(events)) return fail({ kind: "malformed", why: 'The body must be {"events": [ … ]}.' });
  return events.length > intakeLimits.eventsPerBatch ? fail({ kind: "too_many_events" }) : ok(events);
}

interface Call {
  readonly request: Request;
  readonly site: Draft;
  readonly caller: Caller;
  readonly ports: CollectPorts;
}

/** Whose each event is, and whether it may be recorded. */
async function judge(
  read: readonly Result<EventIn, Rejection>[],
  body: JsonObject,
  call: Call,
): Promise<readonly Verdict[]> {
  const { caller } = call;
  if (caller.kind === "server") {
    const events = read.flatMap((one) => (one.ok ? [one.value] : []));
    const named = await subjectsNamed(events, body, call.site, call.ports);
    return read.map((one) => (one.ok ? verdictOn(one.value, named(one.value), "api") : one));
  }
  if (asksForPreview(call.request.url, call.request.headers.get("cookie"))) return read.map(uncounted);
  const known = await pageSubject(caller, call);
  const carried = await call.ports.carriedEvents(urlParts(call.request.url).host);
  return read.map((one) => (one.ok ? remembered(verdictOn(one.value, known, "page"), carried) : one));
}

/** What pages decide by is noted in the visitor's cookie too, if it may be used for that. The profile counts it once. */
function remembered(verdict: Verdict, carried: ReadonlySet<string>): Verdict {
  if (!verdict.ok) return verdict;
  const { event, known } = verdict.value;
  if (!carried.has(event.name) || event.purposes?.personalization !== true) return verdict;
  return ok({ event: { ...event, carried: true }, known });
}

/**
 * The cookie that tells the very next request of these events; `null` when none is of those that pages decide by. It is not the
 * visit's own, which a page that is answered at the same moment may be writing.
 */
async function cookieKnowing(
  accepted: readonly Assigned[],
  { request, site: { site }, caller, ports: { signers } }: Call,
): Promise<string | null> {
  if (caller.kind !== "page" || caller.visit === null || signers === null) return null;
  if (!accepted.some(({ event }) => event.carried === true)) return null;
  const { visitor } = caller.visit;
  const before = await readSaid(request.headers.get("cookie"), site, visitor, signers.visit);
  const happened = noteHappenings(
    before,
    accepted.map(({ event }) => event),
  );
  return saidCookie({ site: site.key, visitor, happened }, site, request, signers.visit);
}

/** What somebody does in a preview is nobody's doing. */
const uncounted = (one: Result<EventIn, Rejection>): Verdict =>
  one.ok ? fail({ reason: "preview", detail: "This page is a preview: nothing of it is counted." }) : one;

async function pageSubject({ visit }: Extract<Caller, { kind: "page" }>, call: Call): Promise<Known | null> {
  const { request, site, ports } = call;
  if (visit === null || ports.signers === null) return null;
  const choice = await readConsent(request.headers.get("cookie"), site.site, ports.signers.consent);
  const allowed = allowedPurposes(site.site.consent, choice, request.headers.get("sec-gpc") === "1");
  return { visitor: visit.visitor, user: visit.user, allowed };
}

function verdictOn(
  { kind, visitor: _, user: __, ...event }: EventIn,
  known: Known | null,
  source: "page" | "api",
): Verdict {
  if (known === null) {
    const detail =
      source === "api"
        ? "visitor or user: say whose event this is."
        : "The visitor's cookie is missing or not ours: a page of the site gives it.";
    return fail({ reason: "no_visitor", detail });
  }
  const purposes = purposesOf(kind?.purposes ?? null, known.allowed);
  if (!isAnyAllowed(purposes)) return fail({ reason: "no_consent", detail: "The visitor does not allow it." });
  return ok({ event: { ...event, source, purposes }, known });
}

/** What an event is for counts with analytics first: denied, only events that are declared for personalization alone remain. */
function purposesOf(declared: readonly string[] | null, allowed: Purposes): Purposes {
  const isFor = (purpose: keyof Purposes) => declared === null || declared.includes(purpose);
  if (isFor("analytics") && !allowed.analytics) return noPurpose;
  return {
    analytics: isFor("analytics") && allowed.analytics,
    personalization: isFor("personalization") && allowed.personalization,
  };
}

/** One envelope for each person. */
function envelopesOf(accepted: readonly Assigned[], { site }: Draft): Envelope[] {
  const keyOf = ({ known }: Assigned) => `${whoKey({ visitor: known.visitor, site: site.key })} ${known.user ?? ""}`;
  return [...Map.groupBy(accepted, keyOf).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { visitor, user, allowed } = first.known;
    const events = own.map(({ event }) => event);
    return [
      { shape: envelopeShape, site: site.key, visitor, user, exposures: [], events, refresh: false, purposes: allowed },
    ];
  });
}

const rejectedIn = (verdicts: readonly Verdict[], sent: readonly Json[]): Rejected[] =>
  verdicts.flatMap((verdict, index) =>
    verdict.ok ? [] : [{ index, id: idOf(sent[index] ?? null), ...verdict.error }],
  );

function said(accepted: number, rejected: readonly Rejected[], cookie: string | null): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (cookie !== null) headers.append("set-cookie", cookie);
  return Response.json({ accepted, rejected }, { status: 202, headers });
}
