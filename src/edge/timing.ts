import type { Decision } from "../core/decision.ts";

/**
 * What `Server-Timing` says of one request, where the site asks for it.
 *
 * On Workers the clock stands still but for I/O, so these are waits: `origin` for the website's headers, `caramel` for how
 * much later than those the answer was ready (what we had to look up, unless it came while the origin was still at work).
 * Our own computing does not show here; the benchmark measures it.
 */
export class Timing {
  readonly #now: () => number;
  readonly #startedMs: number;
  #askedMs: number | null = null;
  #answeredMs: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedMs = now();
  }

  asked(): void {
    this.#askedMs = this.#now();
  }

  answered(): void {
    this.#answeredMs = this.#now();
  }

  /** The header's value, said when the origin has answered. */
  said({ given }: Decision): string {
    const nowMs = this.#now();
    const originMs = between(this.#askedMs ?? nowMs, this.#answeredMs ?? nowMs);
    const what = given.map(({ experience, variant }) => `${experience}=${variant}`).join(" ");
    const ours = `caramel;dur=${Math.max(0, between(this.#startedMs, nowMs) - originMs)};desc="${quoted(what)}"`;
    return `${ours}, origin;dur=${originMs}`;
  }
}

/** A clock may be set back. */
const between = (fromMs: number, untilMs: number): number => Math.max(0, untilMs - fromMs);

/** What a quoted string can hold (RFC 9110, 5.6.4), and no longer than anybody reads. */
const quoted = (text: string): string => text.replaceAll(/[^\w =.-]/g, "_").slice(0, 1000);
