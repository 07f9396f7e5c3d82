import { changeLines } from "../core/diff/change-lines.ts";
import { changesBetween } from "../core/diff/changes.ts";
import type { Draft } from "../core/draft.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Actor } from "../core/review.ts";
import type { StoredDraft } from "../store/drafts.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** Somebody who overwrites whatever is there still notes against which revision; so they may have to look again. */
const attemptsAtMost = 8;
/** Of what one edit changes, so much is kept for those it is in the way of. */
const mostLines = 200;
const mostCharacters = 20_000;

/**
 * Writes a draft, and notes who changed what. Only ever onto the revision that the note was made from, so that no edit of
 * anybody is lost unseen.
 *
 * @param expected the revision that the caller has seen, 0 for none; `null` overwrites whatever is there.
 * @returns the new revision; or, when somebody else was first, what they changed.
 */
export async function writeDraft(
  draft: Draft,
  expected: number | null,
  by: Actor,
  ports: ControlPorts,
): Promise<Result<number, Refusal>> {
  const { key: site } = draft.site;
  for (let attempt = 0; attempt < attemptsAtMost; attempt += 1) {
    const before = await ports.drafts.read(site);
    const revision = before?.revision ?? 0;
    if (expected !== null && expected !== revision) return overtaken(site, expected, before?.revision ?? null, ports);
    const edit = { by, atMs: ports.now(), changes: linesOf(before, draft) };
    const written = await ports.drafts.write(draft, revision, edit);
    if (written.ok) return ok(written.value);
    if (expected !== null) return overtaken(site, expected, written.error.revision, ports);
  }
  return fail({ kind: "unavailable", why: `The draft of "${site}" is being changed all the time.` });
}

async function overtaken(
  site: Draft["site"]["key"],
  expected: number,
  revision: number | null,
  { reviews }: ControlPorts,
): Promise<Result<never, Refusal>> {
  return fail({ kind: "precondition", revision, edits: await reviews.editsAfter(site, expected) });
}

function linesOf(before: StoredDraft | null, draft: Draft): readonly string[] {
  if (before !== null && !before.draft.ok) return ["rows that were broken by hand are replaced"];
  const lines = changeLines(changesBetween(before?.draft.ok === true ? before.draft.value : null, draft));
  let characters = 0;
  const kept = lines.filter((line, at) => {
    characters += line.length;
    return at < mostLines && characters <= mostCharacters;
  });
  return kept.length === lines.length ? lines : [...kept, `and ${lines.length - kept.length} more`];
}
