import { checkDraft, stopsPublish } from "../core/check/check-draft.ts";
import { exportDraft } from "../core/config/export.ts";
import { parseSiteFile } from "../core/config/site-file.ts";
import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { Problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** A draft that may be published, with the warnings about it. */
export interface CheckedDraft {
  readonly draft: Draft;
  readonly warnings: readonly Problem[];
}

type Checkers = Pick<ControlPorts, "checkSelector" | "checkPolicy">;

/** All that is wrong with a draft, by core's checks and the deployment's own. */
const problemsOf = (draft: Draft, { checkSelector, checkPolicy }: Checkers): readonly Problem[] => [
  ...checkDraft(draft, { checkSelector }),
  ...checkPolicy(draft),
];

/** From a body to a draft that could be published: `site` must be the one that the address names. */
export function draftFromBody(body: unknown, site: SiteKey, checkers: Checkers): Result<CheckedDraft, Refusal> {
  const parsed = parseSiteFile(body);
  if (!parsed.ok) return fail({ kind: "problems", problems: parsed.error });
  if (parsed.value.site.key !== site)
    return fail({
      kind: "conflict",
      why: `The body is the draft of "${parsed.value.site.key}", the address that of "${site}".`,
    });
  return checked(parsed.value, checkers);
}

/**
 * What the rows say, as far as it can be published. People may have edited them by SQL, so they come through the same
 * door as a file: written out and read again.
 */
export async function storedDraft(
  site: SiteKey,
  ports: ControlPorts,
): Promise<Result<CheckedDraft & { readonly revision: number }, Refusal>> {
  const stored = await ports.drafts.read(site);
  if (stored === null) return fail({ kind: "not_found", what: `There is no site "${site}".` });
  const { draft, revision } = stored;
  if (!draft.ok) return fail({ kind: "problems", problems: draft.error });
  const reread = parseSiteFile(exportDraft(draft.value));
  if (!reread.ok) return fail({ kind: "problems", problems: reread.error });
  const result = checked(draft.value, ports);
  return result.ok ? ok({ ...result.value, revision }) : result;
}

function checked(draft: Draft, checkers: Checkers): Result<CheckedDraft, Refusal> {
  const problems = problemsOf(draft, checkers);
  return stopsPublish(problems) ? fail({ kind: "problems", problems }) : ok({ draft, warnings: problems });
}
