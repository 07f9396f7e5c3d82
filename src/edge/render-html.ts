import type { Decision } from "../core/decision.ts";
import { htmlOperations } from "../core/operation/html-operations.ts";
import type { PageText } from "../core/operation/operation.ts";
import type { PageCharset } from "../http/charset.ts";
import { brokenBody } from "./broken-body.ts";
import { type BodyRest, maxWholeBytes, type OpenBody, openBody, readOn } from "./guard/body.ts";
import { hasSuspects } from "./guard/feed.ts";
import { Markers } from "./guard/markers.ts";
import { endsItsBody } from "./guard/quick-look.ts";
import { hintsOf, type SelectorHint } from "./guard/selector-hint.ts";
import { guardedStream } from "./guard/stream.ts";
import { endsByItself, hashOf, tagOf } from "./guard/tag-table.ts";
import { type Place, placesOf } from "./html-places.ts";
import { type NoteReach, rewriterFor } from "./html-rewriter.ts";
import { editScripts, type ScriptPlace, scriptPlaces } from "./json-in-page.ts";
import { isPagePart, withPageParts } from "./page-parts.ts";
import { OutcomeRecord } from "./render-outcome.ts";
import type { Rendered } from "./rendered.ts";

/** A page with all that is known about what will be done to it. */
interface Page {
  readonly answer: Response;
  readonly label: string;
  readonly places: readonly Place[];
  readonly scripts: readonly ScriptPlace[];
  readonly text: PageText;
  /** What went wrong before the first byte. */
  readonly record: OutcomeRecord;
  /** Hints of the selectors whose operations reach to their element's end. */
  readonly hints: readonly SelectorHint[];
}

/**
 * Carries a decision out on a page.
 *
 * A small page that is there at once is rewritten before it is answered: cheapest, and if HTMLRewriter gives up nothing is
 * lost. Every other page, and one that HTMLRewriter gave up on, streams behind the guard.
 *
 * @returns `null` when the decision looks at nothing on pages: then the answer has not been touched.
 */
export async function renderHtml(
  answer: Response,
  decision: Decision,
  charset: PageCharset,
  text: PageText,
): Promise<Rendered | null> {
  const record = new OutcomeRecord();
  const places = placesOf(decision, text, record);
  const scripts = scriptPlaces(decision, record);
  if ((places.length === 0 && scripts.length === 0) || answer.body === null) return null;
  const reaching = places.filter(({ steps }) => steps.some(({ planned }) => htmlOperations[planned.action].reachesEnd));
  const hints = reaching.flatMap(({ selector }) => hintsOf(selector));
  const page = { answer, label: charset.label, places, scripts, text, record, hints };
  const length = answer.headers.has("content-encoding") ? null : answer.headers.get("content-length");
  return renderOpened(page, await openBody(answer.body, length === null ? null : Number(length)));
}

async function renderOpened(page: Page, body: OpenBody): Promise<Rendered> {
  if (body.kind === "broken") return brokenBody(page.answer, body.first, body.error);
  // In XML no element is implied.
  const needed = page.text.xml ? noParts : partsOf(page.places);
  if (body.kind === "streaming") {
    const first = withPageParts(body.first, needed, body.first.length >= maxWholeBytes ? "enough" : "some");
    return first === null ? renderOpened(page, await readOn(body.first, body.rest)) : stream(page, first, body.rest);
  }
  const first = withPageParts(body.bytes, needed, "page") ?? body.bytes;
  return (await renderWhole(page, first, body.bytes)) ?? stream(page, first, null);
}

const noParts: ReadonlySet<string> = new Set();

const partsOf = (places: readonly Place[]): ReadonlySet<string> =>
  new Set(places.filter(({ steps }) => steps.length > 0).map(({ selector }) => selector.trim().toLowerCase()));

const typeFor = (label: string) => ({ headers: { "content-type": `text/html; charset=${label}` } });

/** Rewrites a page that is there. Returns `null` when it must go through the guard. */
async function renderWhole(page: Page, bytes: Uint8Array, original: Uint8Array): Promise<Rendered | null> {
  if (bytes.length === 0) return unchanged(page, original, page.record);
  const record = page.record.again();
  let [reachedByItself, reachedBody] = [false, false];
  const reach = (tagName: string) => {
    reachedByItself ||= (tagOf(hashOf(tagName)) & endsByItself) !== 0;
    reachedBody ||= tagName === "body";
  };
  let rewritten: ArrayBuffer;
  try {
    const rewriter = rewriterOf(page, record, reach);
    rewritten = await rewriter.transform(new Response(bytes, typeFor(page.label))).arrayBuffer();
  } catch {
    return null;
  }
  if (reachedByItself && hasSuspects(bytes, page.hints)) return null;
  if (reachedBody && !endsItsBody(bytes)) return null;
  if (!mayHaveChanged(page, record)) return unchanged(page, original, record);
  return {
    response: new Response(rewritten, page.answer),
    changed: true,
    outcome: Promise.resolve(finished(page.places, record).outcome()),
  };
}

/** The handlers of every place of the page. */
const rewriterOf = ({ places, scripts, text }: Page, record: OutcomeRecord, reach: NoteReach): HTMLRewriter =>
  editScripts(rewriterFor(places, record, reach), scripts, text, record);

const mayHaveChanged = ({ places, scripts }: Page, record: OutcomeRecord): boolean =>
  scripts.length > 0 || places.some(({ selector, steps }) => steps.length > 0 && record.matched(selector));

const unchanged = ({ answer, places }: Page, bytes: Uint8Array, record: OutcomeRecord): Rendered => ({
  response: new Response(bytes, answer),
  changed: false,
  outcome: Promise.resolve(finished(places, record).outcome()),
});

function stream(page: Page, first: Uint8Array, rest: BodyRest | null): Rendered {
  const { answer, places, scripts, hints, label } = page;
  const record = page.record.again();
  const markers = new Markers([...places, ...scripts].some(({ selector }) => /:(?:nth|first)-/i.test(selector)));
  const rewriter = markers.install(rewriterOf(page, record, markers.noteReach));
  const { promise: parsed, resolve: end } = Promise.withResolvers<void>();
  rewriter.onDocument({ end: () => end() });
  const { readable, ended } = guardedStream({ first, rest }, markers, hints);
  const { body } = rewriter.transform(new Response(readable, typeFor(label)));
  return {
    response: new Response(body, answer),
    changed: scripts.length > 0 || places.some(({ steps }) => steps.length > 0),
    outcome: ended.then((complete) => (complete ? parsed : undefined)).then(() => finished(places, record).outcome()),
  };
}

/** Every page has a head and a body: operations on them count as found, whether or not their tags were written. */
function finished(places: readonly Place[], record: OutcomeRecord): OutcomeRecord {
  for (const { selector, watchers } of places) {
    if (isPagePart(selector) && !record.matched(selector)) record.match(selector, watchers);
  }
  return record;
}
