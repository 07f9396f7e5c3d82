import * as z from "zod";
import { suggest } from "../core/did-you-mean.ts";
import type { Draft } from "../core/draft.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { Json, JsonObject } from "../core/json.ts";
import {
  encodePreviewClaims,
  mostClaimsBytes,
  type PreviewClaims,
  placeFacts,
  previewHeaders,
  previewLink,
  typicalBrowsers,
} from "../core/preview-link.ts";
import { type Problem, pointerOf, problem } from "../core/problem.ts";
import type { Release } from "../core/release.ts";
import { releaseOf } from "../core/release-id.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { isVisitorId } from "../core/visit.ts";
import { storedDraft } from "./checked-draft.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { releaseId, timeMs } from "./openapi/shapes.ts";
import { ownPath } from "./own-path.ts";
import type { ControlPorts } from "./ports.ts";
import { parseBody } from "./read-body.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { baseOf } from "./site-base.ts";

const daySeconds = 24 * 60 * 60;
const example =
  '{ "to": "/", "at": "2026-12-24T18:00:00Z", "place": { "country": "DE" }, "variants": { "hero-copy": "warm" } }';

/** Texts under names that are known: another one is told with those that there are. */
const namedTexts = (names: ReadonlySet<string>, what: string, text: z.ZodString) =>
  z
    .record(z.string(), text)
    .superRefine((given, context) => {
      for (const name of Object.keys(given).filter((each) => !names.has(each))) {
        context.addIssue({ code: "custom", path: [name], message: `${what} are ${[...names].join(", ")}` });
      }
    })
    .default({});

const headerText = z
  .string()
  .max(500)
  .regex(/^[\x20-\x7e]*$/, { error: "A header has printable ASCII only" });

const previewBody = z.strictObject({
  /** Left out: the draft as it is now. */
  release: z.string().optional(),
  visitor: z.string().refine(isVisitorId, { error: "A visitor's id has 16 to 64 letters, digits, - or _" }).optional(),
  to: ownPath.default("/"),
  at: z.iso.datetime({ offset: true, error: "`at` is a time with its zone, such as 2026-12-24T18:00:00Z" }).optional(),
  place: namedTexts(placeFacts, "Facts of a place", z.string().min(1).max(100)),
  headers: namedTexts(previewHeaders, "Headers of a preview", headerText),
  /** Short for a browser of this class. */
  device: z.enum(["desktop", "mobile", "tablet"]).optional(),
  traits: z.record(z.string(), z.json()).default({}),
  variants: z.record(z.string(), z.string()).default({}),
  expiresInS: z
    .int()
    .min(60)
    .max(30 * daySeconds)
    .default(daySeconds),
});

type Wanted = z.output<typeof previewBody>;

/** `POST …/previews`: a signed address that shows a draft, or a release, on the live host. Nothing of it is counted. */
const create: Endpoint = {
  method: "POST",
  path: "/sites/:site/previews",
  action: "preview",
  about: "A signed address that shows the draft, or a release, as any visitor, place and time, on the live host.",
  wire: {
    id: "createPreview",
    body: previewBody,
    example,
    returns: z.object({
      url: z.string(),
      release: releaseId,
      visitor: z.string(),
      isNew: z.boolean(),
      expiresAtMs: timeMs,
    }),
    status: 201,
  },
  repeated: "harmless",
  handle: async (call, ports) => {
    const body = await parseBody(call.request, previewBody, example);
    if (!body.ok) return refuse(body.error);
    const release = await releaseFor(call.site, body.value.release, ports);
    if (!release.ok) return refuse(release.error);
    const { content } = release.value;
    const unknown = unknownVariants(content, body.value.variants);
    if (unknown.length > 0) return refuse({ kind: "problems", problems: unknown });
    const claims = claimsOf(body.value, call.site, release.value.id, ports);
    const text = encodePreviewClaims(claims);
    if (new TextEncoder().encode(text).length > mostClaimsBytes) {
      return refuse({
        kind: "malformed",
        why: `Traits, place, headers and variants may have ${mostClaimsBytes} bytes together.`,
      });
    }
    await ports.previews.keep(release.value, body.value.expiresInS);
    const token = await ports.previews.sign(claims);
    const url = previewLink(baseOf(content.site.hosts, call.request), body.value.to, token);
    const { visitor, isNew, expiresAtMs } = claims;
    return answer({ url, release: release.value.id, visitor, isNew, expiresAtMs }, { status: 201 });
  },
};

async function releaseFor(
  site: SiteKey,
  id: string | undefined,
  ports: ControlPorts,
): Promise<Result<Release, Refusal>> {
  if (id === undefined) {
    const stored = await storedDraft(site, ports);
    return stored.ok ? ok(await releaseOf(stored.value.draft, ports.digest)) : stored;
  }
  const release = await ports.releases.read(id as ReleaseId);
  if (release?.site === site) return ok(release);
  return fail({ kind: "not_found", what: `Site "${site}" has no release "${id.slice(0, 40)}".` });
}

/** Variants that are asked for and do not exist, each with the one that was probably meant. */
function unknownVariants({ experiences }: Draft, wanted: Wanted["variants"]): readonly Problem[] {
  return Object.entries(wanted).flatMap(([key, variant]) => {
    const at = pointerOf("variants", key);
    const experience = Object.hasOwn(experiences, key) ? experiences[key] : undefined;
    if (experience === undefined) {
      return [
        problem(at, `There is no experience "${key}".`, suggest(key, Object.keys(experiences), "The draft has none.")),
      ];
    }
    const arms = experience.variants.map((arm) => arm.key);
    if (arms.includes(variant)) return [];
    return [problem(at, `"${key}" has no variant "${variant}".`, suggest(variant, arms, "It has none."))];
  });
}

/** Without a visitor it is somebody new, unless traits are to be read: those are of somebody who was here before. */
function claimsOf(wanted: Wanted, site: SiteKey, release: ReleaseId, { previews, now }: ControlPorts): PreviewClaims {
  const { visitor, at, place, device, traits, variants, expiresInS } = wanted;
  const browser = device === undefined ? {} : { "user-agent": typicalBrowsers[device] };
  return {
    site,
    release,
    visitor: isVisitorId(visitor) ? visitor : previews.newVisitorId(),
    isNew: visitor === undefined && Object.keys(traits).length === 0,
    atMs: at === undefined ? null : Date.parse(at),
    place,
    headers: { ...browser, ...wanted.headers },
    traits: traits satisfies Record<string, Json> as JsonObject,
    variants,
    expiresAtMs: now() + expiresInS * 1000,
  };
}

export const previewEndpoints: readonly Endpoint[] = [create];
