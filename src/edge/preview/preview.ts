import { type CompiledRelease, compileRelease } from "../../core/compile.ts";
import type { ReleaseId } from "../../core/ids.ts";
import { decodePreviewClaims, endOfPreview, type PreviewClaims, previewParameter } from "../../core/preview-link.ts";
import { emptyProfile } from "../../core/profile.ts";
import type { Release } from "../../core/release.ts";
import { withoutParameter } from "../../core/signed-link.ts";
import { newVisit, sessionGapMs } from "../../core/visit.ts";
import { cookieValues, setCookie } from "../../http/cookie.ts";
import type { Signer } from "../../http/signed.ts";
import { urlParts } from "../../http/url-parts.ts";
import { consentCookieName, visitCookie } from "../../http/visitor-cookies.ts";
import type { Edge } from "../edge.ts";
import { createExposureMemory } from "../exposure-memory.ts";
import type { Live } from "../live.ts";
import { previewedRelease } from "./previewed-release.ts";

/** What previews need of the world. */
export interface PreviewParts {
  /** Opens the tokens of links; `null` in a deployment without a key. */
  readonly signer: Signer | null;
  /** A draft that was kept for previews, or a release; `null` when it is not there any more. May reject. */
  readonly release: (id: ReleaseId) => Promise<Release | null>;
}

/** How a request is answered when nobody looks: a page, or an application's question. */
type Answer = (request: Request, edge: Edge) => Promise<Response>;

/** Answers a request that asks for a preview. */
export type Previews = (request: Request, edge: Edge, answer: Answer) => Promise<Response>;

const mostKept = 20;

/**
 * Shows a draft on the live host to whoever opens a signed link: the same way as every page goes, with another release, visitor,
 * place and clock in it. Nothing is counted, sent or kept: the queue, the counts and the memory are the preview's own.
 *
 * A link that is not ours, of another site or expired shows the visitor's own page, and the cookie after it ends.
 */
export function createPreviews({ signer, release }: PreviewParts): Previews {
  const compiled = new Map<string, CompiledRelease>();

  const compiledFor = async (token: string, claims: PreviewClaims): Promise<CompiledRelease | null> => {
    const known = compiled.get(token);
    if (known !== undefined) return known;
    const found = await release(claims.release);
    if (found?.site !== claims.site) return null;
    const made = compileRelease(previewedRelease(found, claims));
    if (compiled.size >= mostKept) compiled.clear();
    compiled.set(token, made);
    return made;
  };

  return async (request, edge, answer) => {
    const asked = askedFor(request);
    const opened = await open(asked.token, signer, edge);
    const shown = opened && (await compiledFor(asked.token, opened.claims).catch(() => null));
    if (opened === null || shown === null || !isHost(request, shown)) {
      const own = await answer(unmarked(request, asked.search), edge);
      return ended(own, request);
    }
    const within = await previewRequest(request, asked.search, opened.claims, shown, edge);
    const response = await answer(within, previewEdge(edge, opened.claims, shown));
    return marked(response, request, asked.token, opened.claims, shown, edge.now());
  };
}

interface Asked {
  readonly token: string;
  /** The query as the page gets it. */
  readonly search: string;
}

/** The link's token goes before the cookie's: opening another link changes the preview. */
function askedFor(request: Request): Asked {
  const { search } = urlParts(request.url);
  const linked = new URLSearchParams(search).get(previewParameter);
  const kept = cookieValues(request.headers.get("cookie") ?? "", previewParameter)[0];
  return { token: linked ?? kept ?? "", search: withoutParameter(search, previewParameter) };
}

async function open(token: string, signer: Signer | null, { now }: Edge): Promise<{ claims: PreviewClaims } | null> {
  if (signer === null || token === "" || token === endOfPreview) return null;
  const text = await signer.open(token);
  const claims = text === null ? null : decodePreviewClaims(text, now());
  return claims && { claims };
}

/** A link to one site shows nothing on another one's hosts. */
function isHost(request: Request, { release }: CompiledRelease): boolean {
  const { host } = urlParts(request.url);
  return release.content.site.hosts.some(
    (own) => own === "*" || own === host || (own.startsWith("*.") && host.endsWith(own.slice(1))),
  );
}

/** The edge as the preview has it: everything that would remember or count leads nowhere. */
function previewEdge(edge: Edge, claims: PreviewClaims, compiled: CompiledRelease): Edge {
  const now = claims.atMs === null ? edge.now : () => claims.atMs ?? 0;
  const pointer = { site: claims.site, release: compiled.id, killed: false, publishedAtMs: 0 };
  const live: Live = { pointer, compiled, weights: {}, checkedAtMs: now() };
  return {
    ...edge,
    now,
    newVisitorId: () => claims.visitor,
    sites: { find: () => live },
    profiles: { readCopy: (visitor, site) => withTraits(edge.profiles.readCopy(visitor, site), claims) },
    events: { send: async () => {} },
    exposed: createExposureMemory(),
    telemetry: { answered: () => {}, looked: () => {} },
    forced: claims.variants,
  };
}

async function withTraits(stored: ReturnType<Edge["profiles"]["readCopy"]>, { traits }: PreviewClaims) {
  const profile = (await stored.catch(() => null)) ?? emptyProfile;
  return { ...profile, traits: { ...profile.traits, ...traits } };
}

/** The request as the previewed visitor would have sent it: their cookie, place and browser, and no token for anyone to see. */
async function previewRequest(
  request: Request,
  search: string,
  claims: PreviewClaims,
  { release }: CompiledRelease,
  edge: Edge,
): Promise<Request> {
  const { site } = release.content;
  const within = unmarked(request, search, { ...request.cf, ...claims.place });
  const foreign = [previewParameter, site.cookie.name, consentCookieName(site)];
  const cookies = otherCookies(request.headers.get("cookie"), foreign);
  if (!claims.isNew && edge.signer !== null) {
    const nowMs = claims.atMs ?? edge.now();
    // A session ago, so that this one is their second: they return.
    const before = newVisit(claims.site, claims.visitor, nowMs - 2 * sessionGapMs);
    cookies.push((await visitCookie(before, site, request, edge.signer)).split(";")[0] ?? "");
  }
  if (cookies.length === 0) within.headers.delete("cookie");
  else within.headers.set("cookie", cookies.join("; "));
  within.headers.delete("sec-gpc");
  for (const [name, value] of Object.entries(claims.headers)) within.headers.set(name, value);
  return within;
}

/** The request without the preview's parameter. */
function unmarked(request: Request, search: string, cf: Request["cf"] | Record<string, unknown> = request.cf): Request {
  const { origin } = new URL(request.url);
  const url = `${origin}${urlParts(request.url).path}${search}`;
  // `cf` is typed as what can be asked of a fetch; what is known of a request has the same place.
  return new Request(url, new Request(request, { cf: cf as CfProperties, redirect: "manual" }));
}

const otherCookies = (header: string | null, foreign: readonly string[]): string[] =>
  (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && !foreign.includes(pair.slice(0, Math.max(pair.indexOf("="), 0))));

/** The answer, for nobody else's eyes: not kept, not indexed, and without the previewed visitor's cookie. */
function marked(
  response: Response,
  request: Request,
  token: string,
  claims: PreviewClaims,
  { id, release }: CompiledRelease,
  nowMs: number,
): Response {
  if (response.status === 101) return response;
  const answer = new Response(response.body, response);
  const { headers } = answer;
  const { cookie } = release.content.site;
  const kept = headers.getSetCookie().filter((each) => !each.startsWith(`${cookie.name}=`));
  headers.delete("set-cookie");
  for (const each of kept) headers.append("set-cookie", each);
  const maxAgeSeconds = Math.max(1, Math.floor((claims.expiresAtMs - nowMs) / 1000));
  headers.append("set-cookie", previewCookie(token, maxAgeSeconds, request));
  headers.set("cache-control", "private, no-store");
  headers.set("x-robots-tag", "noindex, nofollow");
  headers.set("referrer-policy", "same-origin");
  headers.set("x-caramel-preview", id);
  return answer;
}

/** The visitor's own page again, and no preview on the next one. */
function ended(response: Response, request: Request): Response {
  if (response.status === 101 || response.status < 200 || response.status > 599) return response;
  const answer = new Response(response.body, response);
  answer.headers.append("set-cookie", previewCookie("", 0, request));
  answer.headers.set("cache-control", "private, no-store");
  return answer;
}

const previewCookie = (token: string, maxAgeSeconds: number, request: Request): string =>
  setCookie(previewParameter, token, { domain: null, maxAgeSeconds, secure: request.url.startsWith("https:") });
