import * as z from "zod";
import { changesBetween } from "../core/diff/changes.ts";
import type { Draft } from "../core/draft.ts";
import { liveContent } from "./approval.ts";
import { storedDraft } from "./checked-draft.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { releaseId, siteKey } from "./openapi/shapes.ts";
import { refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";

const share = z.number().min(0).max(1.000001).describe("Of 1: of those whom audience, routes and schedule let in.");
const movement = z.object({
  enrolled: share,
  switches: share,
  leaves: share,
  enters: share,
  ifSticky: z.object({ switches: share, leaves: share }),
});
const changes = z.array(
  z.object({
    kind: z.enum(["added", "changed", "removed"]),
    group: z.string(),
    key: z.string(),
    details: z.array(z.string()),
    movement: movement.nullable(),
  }),
);

const changeList = (before: Draft | null, after: Draft, rest: object): Response =>
  answer({ ...rest, changes: changesBetween(before, after) });

const ofDraft: Endpoint = {
  method: "GET",
  path: "/sites/:site/draft/changes",
  action: "read",
  about: "What publishing the draft would change for visitors, as a change list: who would switch, enter and leave.",
  wire: { id: "draftChanges", returns: z.object({ site: siteKey, revision: z.int(), changes }) },
  handle: async ({ site }, ports) => {
    const stored = await storedDraft(site, ports);
    if (!stored.ok) return refuse(stored.error);
    return changeList(await liveContent(site, ports), stored.value.draft, { site, revision: stored.value.revision });
  },
};

const ofRelease: Endpoint = {
  method: "GET",
  path: "/sites/:site/releases/:release/changes",
  action: "read",
  about: "What making the release live would change for visitors, compared with what is live now.",
  wire: { id: "releaseChanges", returns: z.object({ site: siteKey, release: releaseId, changes }) },
  handle: async (call, ports) => {
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id, content } = found.value;
    return changeList(await liveContent(site, ports), content, { site, release: id });
  },
};

export const changeEndpoints: readonly Endpoint[] = [ofDraft, ofRelease];
