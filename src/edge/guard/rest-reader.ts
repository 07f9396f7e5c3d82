import { type BodyRest, joined, type Read, readNext } from "./body.ts";

/** So much is read at once: every piece costs a turn of the event loop, and more than this is seldom there. */
const pieceBytes = 128 * 1024;

/** Reads what follows the beginning of a body, piece by piece. */
export class RestReader {
  readonly #rest: BodyRest | null;
  /** The read that was under way when we began. */
  #next: Promise<Read> | null;

  /** @param rest `null`: nothing follows. */
  constructor(rest: BodyRest | null) {
    this.#rest = rest;
    this.#next = rest?.next ?? null;
  }

  /**
   * The next piece, behind what was held back of those before it. Behind a long unfinished tag it reads as much again, so
   * that the tag is not gone over with every few bytes.
   *
   * @returns both together; `null` when nothing comes any more.
   */
  async behind(held: Uint8Array): Promise<Uint8Array | null> {
    if (this.#next !== null) {
      const { done, value } = await this.#next;
      this.#next = null;
      return done ? null : joined(held, value);
    }
    if (this.#rest === null) return null;
    const least = held.length > pieceBytes ? held.length : 1;
    const memory = new Uint8Array(held.length + Math.max(pieceBytes, least));
    memory.set(held);
    const { value } = await this.#rest.reader.readAtLeast(least, memory.subarray(held.length));
    if (value === undefined || value.length === 0) return null;
    return new Uint8Array(value.buffer, 0, held.length + value.length);
  }

  /** What has not been read, for somebody else to read. */
  left(): BodyRest | null {
    if (this.#rest === null) return null;
    const { reader } = this.#rest;
    return { reader, next: this.#next ?? readNext(reader) };
  }
}
