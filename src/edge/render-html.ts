import type { Decision } from "../core/decision.ts";
import { htmlOperations } from "../core/operation/html-operations.ts";
import type { PageText } from "../core/operation/operation.ts";
import type { PageCharset } from "../http/charset.ts";
import { brokenBody } from "./broken-body.ts";
import { DirectEditor, type Progress, soughtBy } from "./direct/direct-editor.ts";
import { directStream } from "./direct/direct-stream.ts";
import type { Sought } from "./direct/element-finder.ts";
import { type BodyRest, maxWholeBytes, type OpenBody, openBody, readOn } from "./guard/body.ts";
import { BodyEnd } from "./guard/body-end.ts";
import { hasSuspects } from "./guard/feed.ts";
import { Markers } from "./guard/markers.ts";
import { hintsOf, type SelectorHint } from "./guard/selector-hint.ts";
import { type GuardedStream, guardedStream, type PageSource } from "./guard/stream.ts";
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
  /** What an editor of bytes has to look for; `null`: HTMLRewriter must do it. */
  readonly sought: readonly Sought[] | null;
}

/** Larger pages of which only start tags are edited are edited as they come: a piece costs little, and nobody waits for the last one. */
const maxEditedWholeBytes = 16 * 1024;

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
  const sought = scripts.length > 0 || text.xml ? null : soughtBy(places);
  const page = { answer, label: charset.label, places, scripts, text, record, hints, sought };
  const mayStream = sought !== null && !sought.some(({ reachesEnd }) => reachesEnd);
  const length = answer.headers.has("content-encoding") ? null : answer.headers.get("content-length");
  const mostWholeBytes = mayStream ? maxEditedWholeBytes : maxWholeBytes;
  return renderOpened(page, await openBody(answer.body, length === null ? null : Number(length), mostWholeBytes));
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
  return (
    renderDirectly(page, first, body.bytes) ?? (await renderWhole(page, first, body.bytes)) ?? stream(page, first, null)
  );
}

const editorOf = ({ places, label }: Page, sought: readonly Sought[], record: OutcomeRecord): DirectEditor =>
  new DirectEditor(places, sought, label === "utf-8", record);

/** Edits a page that is there in its bytes. Returns `null` when HTMLRewriter must do it. */
function renderDirectly(page: Page, bytes: Uint8Array, original: Uint8Array): Rendered | null {
  if (page.sought === null || bytes.length === 0) return null;
  const editor = editorOf(page, page.sought, page.record.again());
  const edited = editor.edit(bytes, 0, 0, true);
  if (edited.handOver !== null || edited.danger !== null) return null;
  return wholePage(page, edited.bytes, original, editor.record);
}

const noParts: ReadonlySet<string> = new Set();

const partsOf = (places: readonly Place[]): ReadonlySet<string> =>
  new Set(places.filter(({ steps }) => steps.length > 0).map(({ selector }) => selector.trim().toLowerCase()));

const typeFor = (label: string) => ({ headers: { "content-type": `text/html; charset=${label}` } });

/** Rewrites a page that is there. Returns `null` when it must go through the guard. */
async function renderWhole(page: Page, bytes: Uint8Array, original: Uint8Array): Promise<Rendered | null> {
  if (bytes.length === 0) return unchanged(page, original, page.record);
  const record = page.record.again();
  const bodyEnd = new BodyEnd();
  let reachedByItself = false;
  const reach = (element: Element) => {
    reachedByItself ||= (tagOf(hashOf(element.tagName.toLowerCase())) & endsByItself) !== 0;
    bodyEnd.note(element);
  };
  let rewritten: ArrayBuffer;
  try {
    const rewriter = rewriterOf(page, record, reach);
    rewritten = await rewriter.transform(new Response(bytes, typeFor(page.label))).arrayBuffer();
  } catch {
    return null;
  }
  if (bodyEnd.isMissing || (reachedByItself && hasSuspects(bytes, page.hints))) return null;
  return wholePage(page, rewritten, original, record);
}

function wholePage(page: Page, edited: BodyInit, original: Uint8Array, record: OutcomeRecord): Rendered {
  if (!mayHaveChanged(page, record)) return unchanged(page, original, record);
  return {
    response: new Response(edited, page.answer),
    changed: true,
    isOwn: true,
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
  isOwn: true,
  outcome: Promise.resolve(finished(places, record).outcome()),
});

function stream(page: Page, first: Uint8Array, rest: BodyRest | null): Rendered {
  const { answer, places, scripts } = page;
  const begun = rest === null ? null : beginDirectly(page, first);
  const record = page.record.again();
  const { readable, ended } =
    begun === null
      ? rewritten(page, record, { first, rest })
      : directStream({ first, rest, progress: begun.progress }, begun.editor, (source) =>
          rewritten(page, begun.editor.record, source),
        );
  return {
    response: new Response(readable, answer),
    changed: scripts.length > 0 || places.some(({ steps }) => steps.length > 0),
    isOwn: true,
    outcome: ended.then(() => finished(places, begun?.editor.record ?? record).outcome()),
  };
}

/**
 * Edits a page's first bytes. Returns `null` when HTMLRewriter must do it: as long as nothing has gone out, it does all of it.
 * What reaches to an element's end is not begun: an element may end where one around it does (`<div><p>…</div>`), and
 * HTMLRewriter, called in the middle, would not know of that one and take the rest of the page for content.
 */
function beginDirectly(page: Page, first: Uint8Array): { editor: DirectEditor; progress: Progress } | null {
  if (page.sought === null || page.sought.some(({ reachesEnd }) => reachesEnd)) return null;
  const editor = editorOf(page, page.sought, page.record.again());
  const progress = editor.edit(first, 0, 0, false);
  return progress.handOver === null && progress.danger === null ? { editor, progress } : null;
}

/** Lets HTMLRewriter do it, behind the guard. `ended` when the last handler has run. */
function rewritten(page: Page, record: OutcomeRecord, source: PageSource): GuardedStream {
  const { places, scripts, hints, label } = page;
  const markers = new Markers([...places, ...scripts].some(({ selector }) => /:(?:nth|first)-/i.test(selector)));
  const rewriter = markers.install(rewriterOf(page, record, markers.noteReach));
  const { promise: parsed, resolve: end } = Promise.withResolvers<void>();
  rewriter.onDocument({ end: () => end() });
  const { readable, ended } = guardedStream(source, markers, hints);
  const { body } = rewriter.transform(new Response(readable, typeFor(label)));
  return {
    readable: body ?? readable,
    ended: ended.then((complete) => (complete ? parsed.then(() => true) : false)),
  };
}

/** Every page has a head and a body: operations on them count as found, whether or not their tags were written. */
function finished(places: readonly Place[], record: OutcomeRecord): OutcomeRecord {
  for (const { selector, watchers } of places) {
    if (isPagePart(selector) && !record.matched(selector)) record.match(selector, watchers);
  }
  return record;
}
