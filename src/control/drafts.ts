import * as z from "zod";
import { longestDocumentBytes } from "../core/config/document.ts";
import { exportDraft } from "../core/config/export.ts";
import { siteFile } from "../core/config/site-file.ts";
import type { Draft } from "../core/draft.ts";
import { releaseOf } from "../core/release-id.ts";
import type { StoredDraft } from "../store/drafts.ts";
import { actorOf } from "./approval.ts";
import { draftFromBody, storedDraft } from "./checked-draft.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { problemEntry, siteKey } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { readJson } from "./read-json.ts";
import { refuse } from "./refusal.ts";
import { etagOf, expectedRevision } from "./revision.ts";
import { writeDraft } from "./write-draft.ts";

/** `GET …/draft`: the rows as a configuration file. Rows broken by hand are told as problems. */
const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/draft",
  action: "read",
  about: "The draft as a configuration file; its revision is the ETag.",
  wire: { id: "readDraft", returns: siteFile },
  handle: async ({ site }, { drafts }) => {
    const stored = await drafts.read(site);
    if (stored === null) return refuse({ kind: "not_found", what: `There is no site "${site}".` });
    const { draft, revision } = stored;
    if (!draft.ok) return refuse({ kind: "problems", problems: draft.error });
    return answer(exportDraft(draft.value), { etag: etagOf(revision) });
  },
};

/**
 * `PUT …/draft`: replaces the draft, or makes the site. Idempotent; `If-Match` guards against lost updates. A draft with
 * mistakes changes nothing, so that what is stored can be published.
 */
const write: Endpoint = {
  method: "PUT",
  path: "/sites/:site/draft",
  action: "edit",
  about: "Replaces the draft by a configuration file in JSON. With If-Match, only the revision you have read.",
  wire: {
    id: "writeDraft",
    headers: {
      "If-Match":
        'The revision that you changed, as its ETag says it: `"7"`. Another one is refused with 409, and what others changed since.',
    },
    body: siteFile,
    returns: z.object({ site: siteKey, revision: z.int(), problems: z.array(problemEntry) }),
  },
  handle: async ({ site, request, principal, note }, ports) => {
    const expected = expectedRevision(request.headers);
    if (!expected.ok) return refuse(expected.error);
    const body = await readJson(request, longestDocumentBytes);
    if (!body.ok) return refuse(body.error);
    const draft = draftFromBody(body.value, site, ports);
    if (!draft.ok) return refuse(draft.error);
    note({ before: await hashOf(await ports.drafts.read(site), ports), after: await idOf(draft.value.draft, ports) });
    const written = await writeDraft(draft.value.draft, expected.value, actorOf(principal), ports);
    if (!written.ok) return refuse(written.error);
    const revision = written.value;
    return answer({ site, revision, problems: draft.value.warnings }, { etag: etagOf(revision) });
  },
};

/** A draft is named by the id of the release that it would be: its content's hash. */
const idOf = async (draft: Draft, { digest }: ControlPorts): Promise<string> => (await releaseOf(draft, digest)).id;

const hashOf = async (stored: StoredDraft | null, ports: ControlPorts): Promise<string | null> =>
  stored?.draft.ok === true ? idOf(stored.draft.value, ports) : null;

/** `GET …/draft/check`: what publishing would say, for drafts that were edited by SQL. */
const check: Endpoint = {
  method: "GET",
  path: "/sites/:site/draft/check",
  action: "read",
  about: "What publishing the draft would say against it.",
  wire: { id: "checkDraft", returns: z.object({ publishable: z.boolean(), problems: z.array(problemEntry) }) },
  handle: async ({ site }, ports) => {
    const draft = await storedDraft(site, ports);
    if (draft.ok) return answer({ publishable: true, problems: draft.value.warnings });
    if (draft.error.kind !== "problems") return refuse(draft.error);
    return answer({ publishable: false, problems: draft.error.problems });
  },
};

export const draftEndpoints: readonly Endpoint[] = [read, write, check];
