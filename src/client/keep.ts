import type { PageOperation, PagePart } from "../core/page-operation.ts";
import { type Kept, keptOf } from "./carry-out.ts";

/** After the page has been still for so long there is nothing left to look after. */
const stillMs = 2000;
/** A page that never is still is looked after no longer than this. */
const longestMs = 10_000;
/** An app that undoes an operation again and again has the last word. */
const mostTimes = 100;

/** Who wants to know what. */
export interface Listener {
  /** Places of these parts were found: their tokens. */
  readonly found?: (tokens: readonly string[]) => void;
  /** An operation that the page came with was undone, and is done again. Told once for each. */
  readonly reverted?: (operation: PageOperation) => void;
}

/** One operation while it is looked after. */
interface Watched extends Kept {
  readonly operation: PageOperation;
  times: number;
  /** It was in effect when it was first looked at, and has not been undone. */
  cameDone?: boolean;
}

/**
 * Carries operations out on the page that is there and on what an app makes of it, before the browser paints it: until the
 * page has been still for two seconds, ten at most.
 *
 * @returns what ends it at once.
 */
export function keep(parts: readonly PagePart[], { found, reverted }: Listener): () => void {
  const watched = parts.flatMap(({ operations }) => operations.flatMap(watchedOf));
  let sought = parts.filter(({ token }) => token);
  let stillness = 0;
  const look = () => {
    const here = sought.filter(isOnPage);
    sought = sought.filter((part) => !here.includes(part));
    if (here[0]) found?.(here.map(({ token = "" }) => token));
    for (const one of watched) redo(one, reverted);
    observer.takeRecords(); // ours
    rest();
  };
  const observer = new MutationObserver(look);
  const stop = () => observer.disconnect();
  const rest = () => {
    clearTimeout(stillness);
    if (document.readyState === "complete") stillness = window.setTimeout(stop, stillMs);
  };
  setTimeout(stop, longestMs);
  addEventListener("load", rest);
  look();
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  return stop;
}

function isOnPage({ watch }: PagePart): boolean {
  try {
    return document.querySelector(watch.join()) !== null;
  } catch {
    return false;
  }
}

/** Nothing, where it can't be done here: a policy of the page forbids it. */
function watchedOf(operation: PageOperation): Watched[] {
  try {
    return [{ ...keptOf(operation), operation, times: 0 }];
  } catch {
    return [];
  }
}

function redo(one: Watched, reverted: Listener["reverted"]): void {
  try {
    const undone = one.undone();
    one.cameDone ??= !undone[0];
    for (const element of undone) {
      one.times += 1;
      if (one.times > mostTimes) return;
      one.run(element);
      if (one.cameDone) reverted?.(one.operation);
      one.cameDone = false;
    }
  } catch {}
}
