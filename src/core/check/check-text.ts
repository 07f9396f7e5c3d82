import { type PlacedProblem, placed, readDocument } from "../config/document.ts";
import { parseSiteFile } from "../config/site-file.ts";
import type { Draft } from "../draft.ts";
import { type Checkers, checkDraft } from "./check-draft.ts";

/** What a configuration text says, and all that is wrong with it. `draft` is `null` when it can't even be read. */
export interface CheckedText {
  readonly draft: Draft | null;
  readonly problems: readonly PlacedProblem[];
}

/** The whole way from YAML or JSON text to a checked draft, with the line and column of every problem. Never throws. */
export function checkText(text: string, checkers: Checkers): CheckedText {
  const document = readDocument(text);
  if (!document.ok) return { draft: null, problems: document.error };
  const parsed = parseSiteFile(document.value.value);
  if (!parsed.ok) return { draft: null, problems: placed(parsed.error, document.value) };
  return { draft: parsed.value, problems: placed(checkDraft(parsed.value, checkers), document.value) };
}
