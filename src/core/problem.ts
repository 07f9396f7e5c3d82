/**
 * Something wrong with what a person wrote: what, where, and how to mend it.
 *
 * `path` leads to the place inside the document as a JSON pointer (RFC 6901), so that whoever holds the file can turn
 * it into a line. `advice` says what to write instead, and is a whole sentence.
 */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly advice: string;
  /** `error` stops a publish; `warning` is shown and goes along. */
  readonly severity: "error" | "warning";
}

export const problem = (path: string, message: string, advice: string): Problem => ({
  path,
  message,
  advice,
  severity: "error",
});

export const warning = (path: string, message: string, advice: string): Problem => ({
  path,
  message,
  advice,
  severity: "warning",
});

/** A JSON pointer from its segments, escaped as RFC 6901 asks. */
export const pointerOf = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
