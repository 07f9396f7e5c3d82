import type { CompiledRelease } from "../../core/compile.ts";
import { evaluateFlags, type Flag, type SlotIndex, slotIndexOf } from "../../core/flags.ts";
import type { Json } from "../../core/json.ts";
import type { Profile } from "../../core/profile.ts";
import { profileNow } from "../../core/profile-now.ts";
import { isVisitorId } from "../../core/visit.ts";
import { textWithin } from "../../http/body.ts";
import { urlParts } from "../../http/url-parts.ts";
import type { Edge } from "../edge.ts";
import { type Live, orAfter } from "../live.ts";
import { liveFor } from "../staged.ts";
import { type Caller, callerOf, corsHeaders, preflightHeaders } from "./caller.ts";
import { exposuresOf } from "./exposures.ts";
import { mostBodyBytes, type Question, questionIn } from "./question.ts";
import { askedSubject } from "./subject.ts";

/** Slot indexes, by release: built when an application first asks. */
const indexes = new WeakMap<CompiledRelease, SlotIndex>();

function indexOf(release: CompiledRelease): SlotIndex {
  const index = indexes.get(release) ?? slotIndexOf(release);
  indexes.set(release, index);
  return index;
}

/** What an application may ask for: `/evaluate/flags` for every slot, `/evaluate/flags/{key}` for one. */
const evaluation = /^\/_caramel\/ofrep\/v1\/evaluate\/flags(?:\/([^/]*))?\/?$/;

/**
 * OpenFeature's remote evaluation protocol (OFREP 0.3) for applications. A flag is a slot.
 *
 * Errors are the protocol's own, not problem+json: its clients read `errorCode`. Never rejects.
 */
export async function ofrep(request: Request, edge: Edge): Promise<Response> {
  const { host, path } = urlParts(request.url);
  const live = await liveOn(host, edge);
  const release = live?.compiled ?? null;
  const cors = corsHeaders(request.headers.get("origin"), appsOf(release));
  if (request.method === "OPTIONS")
    return new Response(null, { status: 204, headers: { ...preflightHeaders, ...cors } });
  const asked = evaluation.exec(path);
  if (asked === null) return said(404, { errorDetails: "Ask POST /evaluate/flags or /evaluate/flags/{key}." }, cors);
  if (request.method !== "POST")
    return said(405, { errorDetails: "Ask by POST." }, { ...cors, allow: "POST, OPTIONS" });
  if (live === null || release === null) return said(404, { errorDetails: "No release is live on this host." }, cors);
  try {
    return await answer(request, keyIn(asked[1]), live, cors, edge);
  } catch (error) {
    edge.report({ stage: "decide", site: release.release.site, what: String(error) });
    return said(500, { errorDetails: "The evaluation failed here. Use the default." }, cors);
  }
}

function keyIn(segment: string | undefined): string | null {
  if (segment === undefined) return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function liveOn(host: string, edge: Edge): Promise<Live | null> {
  const live = await edge.sites.find(host, edge.later);
  return typeof live === "string" || live.pointer.killed ? null : live;
}

const appsOf = (release: CompiledRelease | null) => release?.release.content.apps ?? {};

type Headers = Readonly<Record<string, string>>;

async function answer(request: Request, key: string | null, live: Live, cors: Headers, edge: Edge): Promise<Response> {
  const caller = await callerOf(request.headers, appsOf(live.compiled));
  if ("status" in caller) return said(caller.status, { errorDetails: caller.errorDetails }, cors);
  const body = await textWithin(request, mostBodyBytes);
  if (body === null) return said(413, { errorDetails: `The body may have at most ${mostBodyBytes} bytes.` }, cors);
  const question = questionIn(body);
  if (!question.ok) return said(400, { ...(key === null ? {} : { key }), ...question.error }, cors);
  const release = liveFor(live, question.value.targetingKey).compiled;
  const index = indexOf(release);
  if (key !== null && !index.has(key)) {
    const errorDetails = `There is no slot "${key}" in the live release.`;
    return said(404, { key, errorCode: "FLAG_NOT_FOUND", errorDetails }, cors);
  }

  const stored = await storedOf(question.value, caller, release, edge);
  const subject = askedSubject(question.value, stored, edge);
  const flags = evaluateFlags(release, index, key === null ? [...index.keys()] : [key], subject);
  const evaluated = flags.map((flag) => evaluationOf(flag, release));
  const record = () => edge.later(recordExposures(flags, question.value, release, edge));
  const [first] = evaluated;
  if (key === null || first === undefined) return bulk({ flags: evaluated }, request, cors, record);
  record();
  return said(200, first, cors);
}

/** All slots at once, with an ETag over what was evaluated: unchanged values cost the application no body. */
async function bulk(body: Json, request: Request, cors: Headers, record: () => void) {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(JSON.stringify(body)));
  const etag = `"${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag) || known.includes("*"))
    return new Response(null, { status: 304, headers: { ...cors, etag } });
  record();
  return said(200, body, { ...cors, etag });
}

const evaluationOf = ({ key, value, variant, reason, detail, given }: Flag, release: CompiledRelease): Json => ({
  key,
  value,
  reason,
  ...(variant === null ? {} : { variant }),
  metadata: { release: release.id, detail, ...(given === null ? {} : { experience: given.experience }) },
});

const said = (status: number, body: Json, headers: Headers): Response =>
  Response.json(body, { status, headers: { "cache-control": "private, no-store", ...headers } });

/** What is stored of a visitor, for servers only: with a public key anybody could ask about anybody. */
async function storedOf(
  { targetingKey }: Question,
  { kind }: Caller,
  release: CompiledRelease,
  edge: Edge,
): Promise<Profile | null> {
  if (kind !== "server" || !isVisitorId(targetingKey)) return null;
  if (!release.experiences.some(({ needsProfile }) => needsProfile)) return null;
  const { site, content } = release.release;
  const reading = edge.profiles.readCopy(targetingKey, site).catch(() => null);
  const stored = await orAfter(content.site.profileDeadlineMs, reading, () => null);
  return profileNow(stored, [], release.declarations, edge.now());
}

async function recordExposures(
  flags: readonly Flag[],
  question: Question,
  release: CompiledRelease,
  edge: Edge,
): Promise<void> {
  try {
    const envelope = await exposuresOf(flags, question, release, edge.now());
    if (envelope !== null) await edge.events.send([envelope]);
  } catch (error) {
    edge.report({ stage: "emit", site: release.release.site, what: String(error) });
  }
}
