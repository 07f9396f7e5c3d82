import { htmlOperations } from "../../core/operation/html-operations.ts";
import type { Place } from "../html-places.ts";
import { visit } from "../html-rewriter.ts";
import type { OutcomeRecord } from "../render-outcome.ts";
import { DirectElement } from "./direct-element.ts";
import { type Edited, editedBytes } from "./edited-bytes.ts";
import { ElementFinder, type Finding, type Found, type Sought } from "./element-finder.ts";
import { plainSelectors } from "./plain-selector.ts";

/** What became of some bytes. Offsets count bytes from the page's beginning. */
export interface Progress extends Pick<Finding, "until" | "read" | "handOver" | "danger"> {
  /** The page up to `until`, as it goes out. */
  readonly bytes: Uint8Array;
}

/**
 * What an editor has to look for; `null` when a place can only be found by HTMLRewriter, which knows what surrounds an
 * element.
 */
export function soughtBy(places: readonly Place[]): readonly Sought[] | null {
  const sought: Sought[] = [];
  for (const { selector, steps } of places) {
    const selectors = plainSelectors(selector);
    if (selectors === null) return null;
    const reachesEnd = steps.some(({ planned }) => htmlOperations[planned.action].reachesEnd);
    sought.push({ selectors, reachesEnd });
  }
  return sought;
}

/**
 * Edits a page in its bytes, where that is plain to do: four times as fast as HTMLRewriter, whose work is mostly with what
 * nobody asked for. Gives exactly what HTMLRewriter would give, and leaves to it whatever is not plain.
 */
export class DirectEditor {
  /** What was found and done so far. */
  record: OutcomeRecord;
  readonly #places: readonly Place[];
  readonly #finder: ElementFinder;
  readonly #isUtf8: boolean;

  constructor(places: readonly Place[], sought: readonly Sought[], isUtf8: boolean, record: OutcomeRecord) {
    this.#places = places;
    this.#finder = new ElementFinder(sought);
    this.#isUtf8 = isUtf8;
    this.record = record;
    for (const { selector, watchers } of places) record.match(selector, watchers, 0);
  }

  /**
   * @param bytes of the page, from `before` on: what was not sent, and what has come since.
   * @param before what `until` was the last time, or 0.
   * @param read what `read` was the last time, or 0.
   */
  edit(bytes: Uint8Array, before: number, read: number, isLast: boolean): Progress {
    const finding = this.#finder.read(bytes.subarray(read - before), read, isLast);
    const { edited, oddAt } = this.#edited(finding.found);
    const until = oddAt ?? finding.until;
    const part = { from: before, until };
    const out = edited.length === 0 ? bytes.subarray(0, until - before) : editedBytes(bytes, before, part, edited);
    return {
      ...finding,
      until,
      handOver: oddAt ?? finding.handOver,
      danger: oddAt === null ? finding.danger : null,
      bytes: out,
    };
  }

  /** Does to elements what is to be done, up to the first that HTMLRewriter must do. */
  #edited(found: readonly Found[]): { readonly edited: readonly Edited[]; readonly oddAt: number | null } {
    if (found.length === 0) return { edited: [], oddAt: null };
    const record = this.record.fork();
    const edited: Edited[] = [];
    for (const each of found) {
      const element = new DirectElement(each, this.#isUtf8);
      for (const at of each.places) {
        const place = this.#places[at];
        if (place !== undefined) visit(element, place, record, noted);
      }
      if (!element.isOdd) edited.push({ found: each, element });
      // What stands around it was done already and counted: forget that, and do again what is left.
      else return { ...this.#edited(found.filter(({ outer }) => outer < each.outer)), oddAt: each.outer };
    }
    this.record = record;
    return { edited, oddAt: null };
  }
}

const noted = (): void => {};
