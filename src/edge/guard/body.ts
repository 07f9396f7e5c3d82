/** Pages up to this size are read whole for HTMLRewriter if they are there at once: that costs less than streaming them. */
export const maxWholeBytes = 64 * 1024;
/** So much is read at once. */
const pieceBytes = 64 * 1024;

/** How long the rest of a small page is waited for once its beginning is there. */
const patienceMs = 1;

type Reader = ReadableStreamBYOBReader;
export type Read = ReadableStreamReadResult<Uint8Array>;

/** A body of which the beginning has come. */
export type OpenBody =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "streaming"; readonly first: Uint8Array; readonly rest: BodyRest }
  /** It broke off before it had ended, after these bytes. */
  | { readonly kind: "broken"; readonly first: Uint8Array; readonly error: unknown };

/** What follows: the read that is under way, and the reader for those after it. */
export interface BodyRest {
  readonly next: Promise<Read>;
  readonly reader: Reader;
}

/**
 * Reads the beginning of a body: all of it when it is small and there already, else what has come until now. Waits for the
 * first bytes, and hardly for others.
 *
 * @param lengthBytes what the origin says its length is, or `null`.
 * @param mostWholeBytes larger bodies are not read whole.
 */
export async function openBody(
  body: ReadableStream<Uint8Array>,
  lengthBytes: number | null,
  mostWholeBytes = maxWholeBytes,
): Promise<OpenBody> {
  const reader = body.getReader({ mode: "byob" });
  // Memory costs its filling with zeros.
  const size = Math.min(pieceBytes, lengthBytes || pieceBytes);
  let first: Uint8Array = new Uint8Array(0);
  try {
    for (;;) {
      const next = readNext(reader, size - (lengthBytes === null ? 0 : Math.min(first.length, size - 1)));
      // Without a first byte there is nothing to send; with one, nobody should wait for the next.
      const read = first.length === 0 ? await next : await orNow(next);
      if (read === null) return { kind: "streaming", first, rest: { next, reader } };
      if (!read.done) first = joined(first, read.value);
      if (read.done || first.length === lengthBytes) return { kind: "whole", bytes: first };
      if (first.length < mostWholeBytes && (lengthBytes ?? 0) <= mostWholeBytes) continue;
      return { kind: "streaming", first, rest: { next: readNext(reader), reader } };
    }
  } catch (error) {
    return { kind: "broken", first, error };
  }
}

/** Begins to read on. Who awaits it hears of a failure; until then it is nobody's fault that nobody has. */
export function readNext(reader: Reader, mostBytes = pieceBytes): Promise<Read> {
  const next = reader.read(new Uint8Array(mostBytes));
  next.catch(() => {});
  return next;
}

/** The same body with the next bytes, once they are there. */
export async function readOn(first: Uint8Array, { next, reader }: BodyRest): Promise<OpenBody> {
  try {
    const read = await next;
    if (read.done) return { kind: "whole", bytes: first };
    const rest = { next: readNext(reader), reader };
    return { kind: "streaming", first: joined(first, read.value), rest };
  } catch (error) {
    return { kind: "broken", first, error };
  }
}

/** The result if it comes so soon that nobody notices the wait. */
const orNow = (next: Promise<Read>): Promise<Read | null> =>
  Promise.race([next, scheduler.wait(patienceMs).then(() => null)]);

/** One array after the other. */
export function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
