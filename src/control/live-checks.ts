import * as z from "zod";
import type { Draft } from "../core/draft.ts";
import type { Problem } from "../core/problem.ts";
import { storedDraft } from "./checked-draft.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { createAsker } from "./live-asker.ts";
import { type CheckedLink, checkLinks } from "./live-links.ts";
import { type CheckedPage, checkPages } from "./live-pages.ts";
import { problemEntry, siteKey } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { parseOptionalBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";

/** How much is made of the website as it is now: nothing, a warning, or a reason not to publish. */
export const checksField = z
  .enum(["none", "live", "strict"])
  .default("live")
  .describe("Checks against the live website: left out, as warnings, or as reasons not to publish.");
export type Checks = z.output<typeof checksField>;

/** What the website itself says about a draft. */
export interface LiveChecks {
  readonly pages: readonly CheckedPage[];
  readonly links: readonly CheckedLink[];
  /** Pages and links that were not asked, for there were too many. */
  readonly leftOut: number;
  readonly problems: readonly Problem[];
}

const nothing: LiveChecks = { pages: [], links: [], leftOut: 0, problems: [] };

/**
 * Asks the website for the pages that experiences act on, and the web for what their content leads to. Bounded in number, size
 * and time (ten seconds for all). Never rejects.
 */
export async function liveChecks(draft: Draft, checks: Checks, { website }: ControlPorts): Promise<LiveChecks> {
  if (checks === "none" || website === null) return nothing;
  const host = draft.site.hosts.find((name) => !name.includes("*")) ?? null;
  const ask = createAsker({ ...website, host });
  const [pages, links] = [await checkPages(draft, ask), await checkLinks(draft, ask)];
  const problems = [...pages.problems, ...links.problems].map((one) => (checks === "strict" ? severe(one) : one));
  return { pages: pages.pages, links: links.links, leftOut: pages.leftOut + links.leftOut, problems };
}

const severe = (one: Problem): Problem => ({ ...one, severity: "error" });

const body = z.strictObject({ checks: checksField });
const example = '{ "checks": "strict" }';

/** `POST …/draft/checks`: all that publishing would say, the website's own answers included. */
const run: Endpoint = {
  method: "POST",
  path: "/sites/:site/draft/checks",
  action: "read",
  about:
    "What publishing the draft would say against it, with what its selectors find on the live pages and how its links answer.",
  wire: {
    id: "checkDraftLive",
    body,
    example,
    returns: z.object({
      site: siteKey,
      publishable: z.boolean(),
      pages: z.array(
        z.object({
          path: z.string(),
          status: z.int().nullable(),
          matches: z.record(z.string(), z.int()).describe("How often each selector was found."),
        }),
      ),
      links: z.array(z.object({ url: z.string(), status: z.int().nullable() })),
      leftOut: z.int(),
      problems: z.array(problemEntry),
    }),
  },
  handle: async ({ site, request }, ports) => {
    const parsed = await parseOptionalBody(request, body, example);
    if (!parsed.ok) return refuse(parsed.error);
    const stored = await storedDraft(site, ports);
    if (!stored.ok) return refuse(stored.error);
    const found = await liveChecks(stored.value.draft, parsed.value.checks, ports);
    const problems = [...stored.value.warnings, ...found.problems];
    const publishable = problems.every(({ severity }) => severity !== "error");
    return answer({ site, publishable, ...found, problems });
  },
};

export const liveCheckEndpoints: readonly Endpoint[] = [run];
