import type { Decision } from "../core/decision.ts";
import { isJsonText, maxJsonBytes } from "../core/json-edit/edit-json.ts";
import { brokenBody } from "./broken-body.ts";
import { asStream, readDocument, textOf } from "./json-body.ts";
import { editDocument, jsonSteps, notePointers } from "./json-places.ts";
import { OutcomeRecord, wordsOf } from "./render-outcome.ts";
import type { Rendered } from "./rendered.ts";

/**
 * Carries a decision out on a JSON document.
 *
 * A document is read once and edited in its text, so that all else of it keeps its bytes. One that is malformed, not in
 * UTF-8 or larger than `maxJsonBytes` goes out as it came.
 *
 * @returns `null` when the decision looks at nothing in JSON: then the answer has not been touched.
 */
export async function renderJson(answer: Response, decision: Decision): Promise<Rendered | null> {
  const { body, headers } = answer;
  const looks = decision.given.some(({ plan }) => plan.watchedPointers.length > 0 || plan.json.some(isDocument));
  if (body === null || !looks || Number(headers.get("content-length") ?? 0) > maxJsonBytes) return null;
  const document = await readDocument(body);
  if (document.kind === "broken") return brokenBody(answer, document.first, document.error);
  if (document.kind === "streaming") return finished(answer, asStream(document), new OutcomeRecord(), false);
  try {
    return renderDocument(answer, document.bytes, decision);
  } catch (error) {
    // The origin is not asked twice, so nobody else can put right what fails from here on.
    const record = new OutcomeRecord();
    for (const { experience } of decision.given) record.fail(experience, wordsOf(error));
    return finished(answer, document.bytes, record, false);
  }
}

const isDocument = ({ within }: { readonly within: string | null }): boolean => within === null;

function renderDocument(answer: Response, bytes: Uint8Array, decision: Decision): Rendered {
  const record = new OutcomeRecord();
  const whole = textOf(bytes);
  const mark = whole?.startsWith("\ufeff") ? "\ufeff" : "";
  const text = whole?.slice(mark.length) ?? "";
  if (whole === null || !isJsonText(text)) return finished(answer, bytes, record, false);
  notePointers(text, decision, record);
  const edited = editDocument(text, jsonSteps(decision, record, isDocument), record);
  const changed = edited !== text;
  return finished(answer, changed ? mark + edited : bytes, record, changed);
}

const finished = (
  answer: Response,
  body: ReadableStream<Uint8Array> | Uint8Array | string,
  record: OutcomeRecord,
  changed: boolean,
): Rendered => ({
  response: new Response(body, answer),
  changed,
  outcome: Promise.resolve(record.outcome()),
});
