/** The platform's own class of that name, of which only this is used: `node:buffer` itself belongs to Node. */
interface NativeBytes {
  indexOf(text: string, from: number, encoding: "latin1"): number;
  lastIndexOf(text: string, from: number, encoding: "latin1"): number;
  latin1Slice(from: number, until: number): string;
}
declare const Buffer: { from(memory: ArrayBufferLike, offset: number, length: number): NativeBytes };

/**
 * Bytes seen as characters, each the byte of its code: for looking at markup, which is ASCII in every charset that pages may
 * have. Searches run over the memory itself. Only small parts should be read as strings: one of a whole page costs more than
 * reading the page does.
 */
export class Latin1 {
  readonly #bytes: NativeBytes;
  readonly length: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.length = byteLength;
  }

  /** Where `text` stands next, exactly as it is written; -1 when it does not. */
  indexOf(text: string, from = 0): number {
    return this.#bytes.indexOf(text, from, "latin1");
  }

  lastIndexOf(text: string, from = this.length): number {
    return this.#bytes.lastIndexOf(text, from, "latin1");
  }

  slice(from: number, until = this.length): string {
    return this.#bytes.latin1Slice(Math.min(from, this.length), Math.min(until, this.length));
  }
}
