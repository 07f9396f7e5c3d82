import { changesBetween } from "../core/diff/changes.ts";
import type { Draft } from "../core/draft.ts";
import { liveContent } from "./approval.ts";
import { storedDraft } from "./checked-draft.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { refuse } from "./refusal.ts";
import { releaseOfCall } from "./release-of-call.ts";

const changeList = (before: Draft | null, after: Draft, rest: object): Response =>
  answer({ ...rest, changes: changesBetween(before, after) });

const ofDraft: Endpoint = {
  method: "GET",
  path: "/sites/:site/draft/changes",
  action: "read",
  about: "What publishing the draft would change for visitors, as a change list: who would switch, enter and leave.",
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
  handle: async (call, ports) => {
    const found = await releaseOfCall(call, ports);
    if (!found.ok) return refuse(found.error);
    const { site, id, content } = found.value;
    return changeList(await liveContent(site, ports), content, { site, release: id });
  },
};

export const changeEndpoints: readonly Endpoint[] = [ofDraft, ofRelease];
