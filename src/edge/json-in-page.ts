import type { Decision } from "../core/decision.ts";
import { isJsonText, maxJsonBytes } from "../core/json-edit/edit-json.ts";
import { asciiJson, scriptJson } from "../core/json-edit/json-operations.ts";
import type { PageText } from "../core/operation/operation.ts";
import { handleOn } from "./html-rewriter.ts";
import { editDocument, type JsonStep, jsonSteps } from "./json-places.ts";
import type { OutcomeRecord } from "./render-outcome.ts";

/** Operations on the JSON inside of one kind of script of a page. */
export interface ScriptPlace {
  readonly selector: string;
  readonly steps: readonly JsonStep[];
}

/** The scripts whose JSON a decision edits, one place for each distinct selector. */
export function scriptPlaces(decision: Decision, record: OutcomeRecord): readonly ScriptPlace[] {
  const bySelector = new Map<string, JsonStep[]>();
  for (const step of jsonSteps(decision, record, ({ within }) => within !== null)) {
    const selector = step.planned.within ?? "";
    bySelector.set(selector, [...(bySelector.get(selector) ?? []), step]);
  }
  return [...bySelector].map(([selector, steps]) => ({ selector, steps }));
}

/** Lets a rewriter edit the JSON in scripts. What is not JSON, malformed or too large stays as it is. */
export function editScripts(
  rewriter: HTMLRewriter,
  places: readonly ScriptPlace[],
  page: PageText,
  record: OutcomeRecord,
): HTMLRewriter {
  for (const place of places) {
    // One for each place, used by one script after the other.
    const script = new ScriptText(place, page, record);
    const refused = handleOn(rewriter, place.selector, {
      element: (element) => script.begin(element),
      text: (chunk) => script.take(chunk),
    });
    if (refused !== null) for (const { experience } of place.steps) record.fail(experience, refused);
  }
  return rewriter;
}

/** Gathers the text of a script, piece by piece, and puts it out again edited. */
class ScriptText {
  readonly #place: ScriptPlace;
  readonly #page: PageText;
  readonly #record: OutcomeRecord;
  #isTaking = false;
  #text = "";

  constructor(place: ScriptPlace, page: PageText, record: OutcomeRecord) {
    this.#place = place;
    this.#page = page;
    this.#record = record;
  }

  begin(element: Element): void {
    this.#text = "";
    this.#isTaking = element.tagName.toLowerCase() === "script" && /\bjson\b/i.test(element.getAttribute("type") ?? "");
    if (!this.#isTaking) this.#fail("is not a script of JSON");
  }

  take(chunk: Text): void {
    if (!this.#isTaking) return;
    // Text in another charset than the page claims cannot be put out again as it was.
    const isReadable = !chunk.text.includes("\ufffd");
    if (isReadable) this.#text += chunk.text;
    if (!isReadable || this.#text.length > maxJsonBytes) this.#giveUp(chunk, isReadable);
    else if (chunk.lastInTextNode) this.#end(chunk);
    else chunk.remove();
  }

  /** What was held back goes out with this piece, or before it. */
  #giveUp(chunk: Text, isReadable: boolean): void {
    this.#isTaking = false;
    this.#fail(isReadable ? "is too large" : "is not in the charset that the page claims");
    if (isReadable) chunk.replace(this.#text, { html: true });
    else chunk.before(this.#text, { html: true });
  }

  #end(chunk: Text): void {
    this.#isTaking = false;
    chunk.replace(this.#edited(), { html: true });
  }

  #edited(): string {
    if (!isJsonText(this.#text)) {
      this.#fail("holds no JSON");
      return this.#text;
    }
    const { asciiOnly } = this.#page;
    const edited = editDocument(this.#text, this.#place.steps, this.#record, scriptJson(asciiOnly));
    return edited === this.#text ? edited : asciiJson(edited, asciiOnly);
  }

  #fail(why: string): void {
    for (const { experience } of this.#place.steps) this.#record.fail(experience, `${this.#place.selector} ${why}`);
  }
}
