/** What rendering did, once the body has ended or its reader has left. */
export interface RenderOutcome {
  /** Experience keys of which a watched place was found: the same in every arm, and so what exposures are counted by. */
  readonly touched: ReadonlySet<string>;
  /** How often each selector matched, those that never did included: selectors that drift show here. */
  readonly matches: ReadonlyMap<string, number>;
  /** Operations that were not carried out, and why. At most `maxFailures`. */
  readonly failures: readonly RenderFailure[];
}

export interface RenderFailure {
  readonly experience: string;
  readonly what: string;
}

/** A page with a thousand matches of one broken operation needs no thousand entries. */
export const maxFailures = 20;

/** Collects an outcome while a body streams by. */
export class OutcomeRecord {
  readonly #touched = new Set<string>();
  readonly #matches = new Map<string, number>();
  readonly #failures: RenderFailure[] = [];

  /** A place was found `times` more: `0` only notes that it is looked for. */
  match(place: string, watchers: readonly string[], times = 1): void {
    this.#matches.set(place, (this.#matches.get(place) ?? 0) + times);
    if (times > 0) for (const experience of watchers) this.#touched.add(experience);
  }

  fail(experience: string, what: string): void {
    const known = this.#failures.some((failure) => failure.experience === experience && failure.what === what);
    if (!known && this.#failures.length < maxFailures) this.#failures.push({ experience, what });
  }

  matched(place: string): boolean {
    return (this.#matches.get(place) ?? 0) > 0;
  }

  /** A record that begins with the failures of this one: for a further try at the same page. */
  again(): OutcomeRecord {
    const next = new OutcomeRecord();
    next.#failures.push(...this.#failures);
    return next;
  }

  /** A record that begins with all of this one: for what may have to be forgotten again. */
  fork(): OutcomeRecord {
    const next = this.again();
    for (const [place, times] of this.#matches) next.#matches.set(place, times);
    for (const experience of this.#touched) next.#touched.add(experience);
    return next;
  }

  outcome(): RenderOutcome {
    return { touched: this.#touched, matches: this.#matches, failures: this.#failures };
  }
}

/** The outcome of an answer that has no body of the origin's. */
export const nothingFound: Promise<RenderOutcome> = Promise.resolve(new OutcomeRecord().outcome());

/** The words of whatever was thrown. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
