import type * as z from "zod";
import type { SitePolicy } from "../draft.ts";
import type { SiteKey } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { choice, entity, flag, listOf, reference, said, text, whole } from "./fields.ts";

const cookieDefaults = { name: "caramel", domain: null, maxAgeDays: 365 } as const;

const defaults = {
  bots: "stable",
  consent: "optOut",
  serverTiming: false,
  originTimeoutMs: 30_000,
  profileDeadlineMs: 50,
  redirectHosts: [],
  enabled: true,
} as const;

const cookieFile = entity("The visit cookie.", {
  name: text("Its name.", "caramel", 64)
    .regex(/^[A-Za-z0-9_.-]+$/, { error: said("can't be a cookie's name", "Use letters, digits, - _ and . only.") })
    .optional(),
  domain: text(
    "Its `Domain`, for subdomains that share visitors. Default: only the host itself.",
    "example.com",
    253,
  ).optional(),
  maxAgeDays: whole("How long a visitor is recognised. Default: 365.", 1, 400).optional(),
});

const reviewDefaults = { required: false, ownApproval: false } as const;

const reviewFile = entity("What must be agreed before a release goes live.", {
  required: flag("Nothing goes live that nobody has approved.", reviewDefaults.required),
  ownApproval: flag(
    "Whether somebody may approve what they wrote or submitted themselves.",
    reviewDefaults.ownApproval,
  ),
});

const host = text(
  "A host name without port; `*.example.com` for all subdomains, `*` for any host.",
  "books.example",
  253,
);

/** The members at the top of the file that say what the site is. */
export const sitePolicyFile = {
  site: reference("The site's key.", "bookshop"),
  hosts: listOf("The hosts it answers on.", '["books.example"]', host, 1000),
  origin: text("Scheme, host and optional port of the website itself.", "https://origin.books.example", 300),
  enabled: flag("Off: every request passes through untouched.", true),
  cookie: cookieFile.optional(),
  bots: choice("Crawlers get the stable variants (default), or the page as it is.", ["stable", "exclude"]).optional(),
  consent: choice("Personalize until a visitor refuses (default), or only after they agree.", [
    "optOut",
    "required",
  ]).optional(),
  serverTiming: flag("`Server-Timing` on every response of ours.", false),
  originTimeoutMs: whole("How long we wait for the website's headers. Default: 30000.", 100, 120_000).optional(),
  profileDeadlineMs: whole("How long a page waits for a stored profile. Default: 50.", 0, 5000).optional(),
  decisionsHeader: flag("Tell the origin what was decided, in a signed request header.", false),
  client: choice("Bring the browser's helper, `client.js`, along on pages: `app` for single-page apps.", [
    "page",
    "app",
  ]).optional(),
  redirectHosts: listOf("Other hosts that an experience may redirect to.", '["shop.example"]', host, 1000).optional(),
  unknownEvents: choice("Events that are not declared under `events` are accepted (default), or rejected.", [
    "accept",
    "reject",
  ]).optional(),
  retentionDays: whole("How long visitors' data is kept. Default: 395.", 1, 3650).optional(),
  review: reviewFile.optional(),
};

type PolicyFile = z.output<z.ZodObject<typeof sitePolicyFile>>;

/** Hosts in small letters, as browsers send them; the origin without a last slash. */
export const sitePolicyOf = (file: PolicyFile): SitePolicy => ({
  key: file.site as SiteKey,
  hosts: file.hosts.map((name) => name.toLowerCase()),
  origin: file.origin.replace(/\/$/, ""),
  cookie: {
    name: file.cookie?.name ?? cookieDefaults.name,
    domain: file.cookie?.domain ?? cookieDefaults.domain,
    maxAgeDays: file.cookie?.maxAgeDays ?? cookieDefaults.maxAgeDays,
  },
  bots: file.bots ?? defaults.bots,
  consent: file.consent ?? defaults.consent,
  serverTiming: file.serverTiming ?? defaults.serverTiming,
  originTimeoutMs: file.originTimeoutMs ?? defaults.originTimeoutMs,
  profileDeadlineMs: file.profileDeadlineMs ?? defaults.profileDeadlineMs,
  redirectHosts: file.redirectHosts?.map((name) => name.toLowerCase()) ?? defaults.redirectHosts,
  enabled: file.enabled ?? defaults.enabled,
  ...(file.unknownEvents === undefined ? {} : { unknownEvents: file.unknownEvents }),
  ...(file.retentionDays === undefined ? {} : { retentionDays: file.retentionDays }),
  ...(file.decisionsHeader === true ? { decisionsHeader: true } : {}),
  ...(file.review === undefined ? {} : { review: reviewOf(file.review) }),
  ...(file.client === undefined ? {} : { client: file.client }),
});

const reviewOf = ({ required, ownApproval }: z.output<typeof reviewFile>): NonNullable<SitePolicy["review"]> => ({
  required: required ?? reviewDefaults.required,
  ownApproval: ownApproval ?? reviewDefaults.ownApproval,
});

export function exportSitePolicy(policy: SitePolicy): JsonObject {
  const { key, hosts, origin, cookie, decisionsHeader, review, ...rest } = policy;
  return withoutDefaults(
    {
      site: key,
      hosts,
      origin,
      cookie: withoutDefaults({ ...cookie }, cookieDefaults),
      ...rest,
      decisionsHeader,
      review: review && withoutDefaults({ ...review }, reviewDefaults),
    },
    { ...defaults, cookie: {} },
  );
}
