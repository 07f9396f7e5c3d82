/** Something of a payload that was not carried over as it stood. */
export interface Note {
  /** JSON pointer into the payload. */
  readonly where: string;
  readonly what: string;
  /** What to do about it: a whole sentence. */
  readonly advice: string;
}

/** Told of each. */
export type Tell = (where: string, what: string, advice: string) => void;
