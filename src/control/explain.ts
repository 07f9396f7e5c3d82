import * as z from "zod";
import { compileRelease } from "../core/compile.ts";
import { subjectIn } from "../core/door/subject-in.ts";
import { explain } from "../core/explain.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { Profile } from "../core/profile.ts";
import type { Release } from "../core/release.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { isVisitorId } from "../core/visit.ts";
import { answer, type Endpoint, type SiteCall } from "./endpoint.ts";
import { releaseId } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";

const step = z.object({
  gate: z.string(),
  result: z.enum(["passed", "refused", "given"]),
  said: z.string(),
  facts: z.record(z.string(), z.unknown()).describe("The facts that it read, with their values."),
});

const explanation = z.object({
  release: releaseId,
  visitor: z.string(),
  url: z.string(),
  at: z.string(),
  experiences: z.array(
    z.object({
      experience: z.string(),
      kind: z.string(),
      variant: z.string().nullable(),
      reason: z.string(),
      detail: z.string(),
      because: z.string().describe("The whole answer in one sentence."),
      steps: z.array(step),
    }),
  ),
});

/**
 * `GET …/explain?url=…`: why a visitor sees what they see on a page, and for each experience they were not given, why not.
 *
 * `visitor` (with what is stored of them), `user`, `context` (a JSON object: `country`, `timezone`, `headers`, `traits` …), `at`
 * (ISO time) and `release` say for whom, where, when and by which release; by default somebody new, now, by the live one.
 * `visitor` takes a `reason`.
 */
const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/explain",
  action: "read",
  about: "Why a visitor sees what they see on a page: every experience with its reason, step by step.",
  wire: {
    id: "explain",
    query: {
      url: z.string().describe("The page: https://books.example/."),
      visitor: z.string().optional().describe("By default somebody new."),
      user: z.string().optional(),
      context: z.string().optional().describe('A JSON object: `{"country":"DE","traits":{"tier":"gold"}}`.'),
      at: z.string().optional().describe("ISO time; by default now."),
      release: z.string().optional().describe("By default the live one."),
    },
    returns: explanation,
  },
  looksAtVisitor: ({ searchParams }) => searchParams.has("visitor"),
  handle: async (call, ports) => {
    const { searchParams } = new URL(call.request.url);
    const release = await releaseFor(call.site, searchParams.get("release"), ports);
    if (!release.ok) return refuse(release.error);
    const asked = await askedOf(searchParams, call, ports);
    if (!asked.ok) return refuse(asked.error);
    const subject = subjectIn(asked.value, ports.now);
    if (!subject.ok) return refuse({ kind: "malformed", why: `${subject.error}.` });
    return answer(explain(compileRelease(release.value.release, release.value.weights), subject.value));
  },
};

interface Explained {
  readonly release: Release;
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

async function releaseFor(
  site: SiteKey,
  id: string | null,
  { releases, weights }: ControlPorts,
): Promise<Result<Explained, Refusal>> {
  const pointer = await releases.pointer(site);
  const wanted = id ?? pointer?.release ?? null;
  const release = wanted === null ? null : await releases.read(wanted as ReleaseId);
  if (release?.site !== site) {
    const what =
      id === null ? `Nothing of site "${site}" is live yet.` : `Site "${site}" has no release "${id.slice(0, 40)}".`;
    return fail({ kind: "not_found", what });
  }
  return ok({ release, weights: await weights.read(site) });
}

/** The question in the form that `subjectIn` reads. */
async function askedOf(
  query: URLSearchParams,
  { site }: SiteCall,
  ports: ControlPorts,
): Promise<Result<JsonObject, Refusal>> {
  const url = query.get("url");
  if (url === null) return fail({ kind: "malformed", why: "Say which page: ?url=https://books.example/." });
  const context = contextIn(query.get("context"));
  if (context === null) {
    return fail({
      kind: "malformed",
      why: '`context` is a JSON object, such as {"country":"DE","traits":{"tier":"gold"}}.',
    });
  }
  const { traits, ...request } = context;
  const visitor = query.get("visitor");
  const stored = isVisitorId(visitor) ? await ports.visitors.read(visitor, site) : null;
  return ok({
    request: { ...request, url, visitor: visitor ?? "somebody-new-0000000000", user: query.get("user") },
    profile: profileWith(stored, isObject(traits) ? traits : {}),
    at: query.get("at"),
  });
}

function contextIn(text: string | null): JsonObject | null {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function profileWith(stored: Profile | null, traits: JsonObject): JsonObject {
  // A profile is JSON throughout, which its interfaces, having no index signature, can't say.
  return { ...(stored as unknown as JsonObject | null), traits: { ...stored?.traits, ...traits } };
}

export const explainEndpoints: readonly Endpoint[] = [read];
