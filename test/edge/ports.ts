import { type CompiledRelease, compileRelease } from "../../src/core/compile.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import { releaseShape } from "../../src/core/release.ts";
import type { Edge, Failure, Look } from "../../src/edge/edge.ts";
import { createExposureMemory } from "../../src/edge/exposure-memory.ts";
import type { OriginTarget } from "../../src/edge/origin.ts";
import { createDerivedSigner } from "../../src/http/derived-signer.ts";
import { createSigner } from "../../src/http/signed.ts";

export const originHtml = "<!doctype html><title>Shop</title><h1>Books</h1><p class=offer>Offer</p>";
export const nowMs = Date.parse("2026-11-23T12:00:00Z");
export const secret = "a secret of at least 32 characters!!";
export const signer = createSigner(secret, "visit");
export const linkSigner = createSigner(secret, "visit-link");
export const decisionsSigner = createDerivedSigner(secret, "decisions");

export function compiledFrom(file: Record<string, unknown>): CompiledRelease {
  const parsed = parseSiteFile({ site: "shop", hosts: ["*"], origin: "https://origin.example", ...file });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const id = "r_00000000000000000001" as ReleaseId;
  return compileRelease({ shape: releaseShape, id, site: "shop" as SiteKey, content: parsed.value });
}

/** A site on which everybody's h1 is set. */
export const everyone = {
  experiences: {
    hero: {
      kind: "personalization",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "h1", action: "setText", value: "Hello" }] } },
    },
  },
};

/** What the edge did besides answering. */
export interface Seen {
  readonly sent: Envelope[];
  readonly failures: Failure[];
  readonly asked: { readonly url: string; readonly target: OriginTarget | null }[];
  readonly answered: string[];
  readonly looks: Look[];
  /** Settles when all work after the response is done. */
  readonly settled: () => Promise<void>;
}

export interface Given extends Partial<Edge> {
  readonly file?: Record<string, unknown>;
  readonly answer?: () => Response | Promise<Response>;
}

/** An edge whose origin and queue are in reach of the test. */
export function edgeWith(given: Given = {}): { readonly edge: Edge; readonly seen: Seen } {
  const { file = everyone, answer = htmlAnswer, ...ports } = given;
  const [sent, failures, asked, work]: [Envelope[], Failure[], Seen["asked"], Promise<unknown>[]] = [[], [], [], []];
  const [answered, looks]: [string[], Look[]] = [[], []];
  const compiled = compiledFrom(file);
  const pointer = { site: "shop" as SiteKey, release: compiled.id, killed: false, publishedAtMs: 0 };
  let ids = 0;
  const edge: Edge = {
    now: () => nowMs,
    newVisitorId: () => {
      ids += 1;
      return `visitor-${String(ids).padStart(14, "0")}` as VisitorId;
    },
    sites: { find: () => ({ pointer, compiled, weights: {}, checkedAtMs: nowMs }) },
    origin: {
      send: async ({ url }, target) => {
        asked.push({ url, target });
        return answer();
      },
      pass: async ({ url }) => {
        asked.push({ url, target: null });
        return answer();
      },
    },
    signer,
    linkSigner,
    decisionsSigner,
    profiles: { readCopy: async () => null },
    events: {
      send: async (envelopes) => {
        sent.push(...envelopes);
      },
    },
    exposed: createExposureMemory(),
    later: (one) => work.push(one),
    report: (failure) => failures.push(failure),
    telemetry: {
      answered: (_, how, why) => answered.push(why === null ? how : `${how} ${why}`),
      looked: (look) => looks.push(look),
    },
    fallbackOrigin: () => null,
    allowPrivateOrigins: true,
    ...ports,
  };
  const settled = async () => {
    await Promise.all(work);
  };
  return { edge, seen: { sent, failures, asked, answered, looks, settled } };
}

export const htmlAnswer = (body: BodyInit = originHtml, headers: HeadersInit = {}): Response =>
  new Response(body, { headers: { "content-type": "text/html; charset=utf-8", etag: '"1"', ...headers } });

export const pageRequest = (path = "/", headers: HeadersInit = {}, method = "GET"): Request =>
  new Request(`https://shop.example${path}`, { headers, method });

/** The `Cookie` header that a browser sends after this response. */
export const cookieAfter = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
