import { Latin1 } from "../../http/latin1.ts";
import { orAfter } from "../live.ts";
import { Lookout } from "./lookout.ts";
import { foreignEnd, type Markers, type Probe, restMarker } from "./markers.ts";
import type { ImpliedEnd } from "./open-elements.ts";
import { PageLexer } from "./page-lexer.ts";
import { quickLook } from "./quick-look.ts";
import { mayMatch, nameOf, type SelectorHint } from "./selector-hint.ts";

/** Where fed bytes go. */
export interface FeedTarget {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Rejects when nobody reads any more, so that nobody waits for a parser that has stopped. */
  readonly gone: Promise<never>;
}

/** An element without an end tag that an operation may reach the end of. */
interface Suspect {
  readonly endTag: Uint8Array;
  /** Whether one was applied. */
  readonly reached: Promise<boolean>;
}

/** Something to do at a place among the bytes that are fed. Ends come before beginnings at the same place. */
interface Stop {
  readonly at: number;
  readonly isEnd: boolean;
  readonly run: () => Promise<void>;
}

const encoder = new TextEncoder();
const nothing: Uint8Array = new Uint8Array(0);
/** How often at most an end tag is tried to get out of what an operation takes out. */
const maxTries = 200;
const maxSilenceMs = 10_000;

/** Whether a page holds an element without an end tag whose start tag fits one of the hints. */
export function hasSuspects(page: Uint8Array, hints: readonly SelectorHint[]): boolean {
  if (quickLook(page, hints).isPlain) return false;
  const lexer = new PageLexer();
  // What is dangerous was found out before, by HTMLRewriter itself.
  lexer.read(page, 0, true);
  return lexer.elements.take().some(({ from, tagEnd }) => mayMatch(hints, sourceOf(page, from, tagEnd)));
}

const sourceOf = (bytes: Uint8Array, from: number, until: number): string => new Latin1(bytes).slice(from, until);

/**
 * Feeds a page to HTMLRewriter so that it never cuts the page off and never takes out more than a browser would.
 *
 * Before a place that would make it give up, it is told to take the rest for text. Where a browser ends an element that
 * has no end tag, it is given that end tag, if an operation was applied to the element.
 */
export class GuardedFeed {
  readonly #lookout: Lookout;
  readonly #write: FeedTarget["write"];
  readonly #gone: FeedTarget["gone"];
  readonly #markers: Markers;
  readonly #hints: readonly SelectorHint[];
  /** By where they begin. */
  #suspects = new Map<number, Suspect>();
  #isRest = false;

  /** @param hints of the selectors whose operations reach to their element's end. */
  constructor({ write, gone }: FeedTarget, markers: Markers, hints: readonly SelectorHint[]) {
    this.#write = write;
    this.#gone = gone;
    this.#markers = markers;
    this.#hints = hints;
    this.#lookout = new Lookout(hints);
  }

  /**
   * Feeds what can be fed. Takes the memory of the bytes, too.
   *
   * @param before how many bytes of the page came before these.
   * @returns the bytes at the end that were not taken: they must come again, with what follows them.
   */
  async feed(bytes: Uint8Array, before: number, isLast: boolean): Promise<Uint8Array> {
    if (this.#isRest) {
      await this.#write(bytes);
      return nothing;
    }
    const { settled, danger } = this.#lookout.read(bytes, before, isLast, this.#suspects.size > 0);
    const until = danger ?? settled;
    // Whoever writes a part gives all of its memory away.
    const held = until === bytes.length ? nothing : bytes.slice(until);
    const fed = bytes.subarray(0, until);
    await this.#feedAll(fed, before, isLast && danger === null);
    if (danger === null) {
      if (isLast) await this.#endBody();
      return held;
    }
    await this.#leaveRest();
    if (held.length > 0) await this.#write(held);
    return nothing;
  }

  async #feedAll(bytes: Uint8Array, before: number, isLast: boolean): Promise<void> {
    let rest = bytes;
    let at = 0;
    for (const stop of this.#hints.length === 0 ? [] : this.#stopsIn(bytes, before, isLast)) {
      if (stop.at > at) await this.#write(rest.slice(0, stop.at - at));
      rest = rest.subarray(Math.max(stop.at - at, 0));
      at = Math.max(at, stop.at);
      await stop.run();
    }
    if (rest.length > 0) await this.#write(rest);
  }

  #stopsIn(bytes: Uint8Array, before: number, isLast: boolean): readonly Stop[] {
    const stops: Stop[] = [];
    const suspects = new Map<number, Suspect>();
    // Innermost first: so must end tags be written that stand at the same place.
    for (const implied of this.#lookout.take()) {
      const suspect = this.#suspects.get(implied.from) ?? this.#suspect(implied, bytes, before, stops);
      if (suspect === null) continue;
      if (implied.end === null) suspects.set(implied.from, suspect);
      const end = implied.end ?? (isLast && this.#lookout.endsInMarkup() ? before + bytes.length : null);
      if (end !== null) stops.push({ at: end - before, isEnd: true, run: () => this.#end(suspect) });
    }
    this.#suspects = suspects;
    return stops.sort((one, other) => one.at - other.at || Number(other.isEnd) - Number(one.isEnd));
  }

  /** Surrounds a start tag with probes, so that the second one tells whether an operation was applied to it. */
  #suspect({ from, tagEnd }: ImpliedEnd, bytes: Uint8Array, before: number, stops: Stop[]): Suspect | null {
    if (from < before || tagEnd > before + bytes.length) return null;
    const source = sourceOf(bytes, from - before, tagEnd - before);
    if (!mayMatch(this.#hints, source)) return null;
    const [first, second] = [this.#markers.probe(), this.#markers.probe()];
    stops.push({ at: from - before, isEnd: false, run: () => this.#write(first.bytes) });
    stops.push({ at: tagEnd - before, isEnd: true, run: () => this.#write(second.bytes) });
    return { endTag: encoder.encode(`</${nameOf(source)}>`), reached: second.seen };
  }

  async #end({ endTag, reached }: Suspect): Promise<void> {
    if (await this.#answer(reached, false)) await this.#write(endTag);
  }

  /** A body without an end tag ends with the page. */
  async #endBody(): Promise<void> {
    // In a page that ends in an open title or comment, the probe would be text for all to read.
    if (this.#hints.length === 0 || !this.#lookout.endsInMarkup()) return;
    // The answer means that the parser has read everything before it.
    await this.#ask(this.#markers.probe(), false);
    if (this.#markers.bodyEnd.isMissing) await this.#write(encoder.encode("</body>"));
  }

  /** From here on the parser takes everything for text. */
  async #leaveRest(): Promise<void> {
    this.#isRest = true;
    for (let tries = 0; tries < maxTries; tries++) {
      const surroundings = await this.#ask(this.#markers.exit(), "page");
      if (surroundings === "page") break;
      if (surroundings === "foreign") await this.#write(foreignEnd());
      // Inside of what an operation takes out, the rest would be taken out as well: get outside first.
      else for (const name of new Set(this.#markers.reachedNames)) await this.#write(encoder.encode(`</${name}>`));
    }
    await this.#write(restMarker());
  }

  async #ask<Answer>({ bytes, seen }: Probe<Answer>, otherwise: Answer): Promise<Answer> {
    await this.#write(bytes);
    return this.#answer(seen, otherwise);
  }

  /** A probe that is never seen must not hold the page up: it would mean that lexer and parser disagree. */
  #answer<Answer>(seen: Promise<Answer>, otherwise: Answer): Promise<Answer> {
    return orAfter(maxSilenceMs, Promise.race([seen, this.#gone]), () => otherwise);
  }
}
