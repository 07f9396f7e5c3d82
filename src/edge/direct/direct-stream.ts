import { RestReader } from "../guard/rest-reader.ts";
import type { GuardedStream, PageSource } from "../guard/stream.ts";
import type { DirectEditor } from "./direct-editor.ts";

/** Lets HTMLRewriter do the rest of a page, from a place on where a parser may begin. */
export type HandOver = (source: PageSource) => GuardedStream;

/** SVG that does not end within so many bytes is HTMLRewriter's: in case something is looked for in it, it is held back. */
const mostHeldBytes = 64 * 1024;

/** Streams a page out while it is edited. A reader who leaves ends the origin's body too. */
export function directStream(source: PageSource, editor: DirectEditor, handOver: HandOver): GuardedStream {
  const { readable, writable } = new IdentityTransformStream();
  const pump = new Pump(source, writable);
  const stop = async (error: unknown): Promise<false> => {
    await pump.stop(error);
    return false;
  };
  return { readable, ended: pump.run(editor, handOver).catch(stop) };
}

class Pump {
  readonly #source: PageSource;
  readonly #following: RestReader;
  readonly #writable: WritableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #isHandedOver = false;

  constructor(source: PageSource, writable: WritableStream<Uint8Array>) {
    this.#source = source;
    this.#following = new RestReader(source.rest);
    this.#writable = writable;
    this.#writer = writable.getWriter();
    // Someone who leaves while the origin is silent must not wait for its next byte.
    this.#writer.closed.catch((error: unknown) => this.#cancel(error));
  }

  /** @returns whether all of the page went out. */
  async run(editor: DirectEditor, handOver: HandOver): Promise<boolean> {
    let [bytes, before, read] = [this.#source.first, 0, 0];
    for (let isLast = this.#source.rest === null; ; ) {
      const progress = editor.edit(bytes, before, read, isLast);
      // A write takes the memory away.
      const held = bytes.slice(progress.until - before);
      if (progress.bytes.length > 0) await this.#writer.write(progress.bytes);
      if (progress.danger !== null) return this.#passOn(held);
      const isHeldUp = held.length > mostHeldBytes && progress.until < progress.read;
      if (progress.handOver !== null || isHeldUp) return this.#handOver(held, handOver);
      if (isLast) return this.#close();
      [before, read] = [progress.until, progress.read];
      const next = await this.#following.behind(held);
      isLast = next === null;
      bytes = next ?? held;
    }
  }

  /** Ends both sides after a failure. Never rejects. */
  async stop(error: unknown): Promise<void> {
    await Promise.allSettled([this.#cancel(error), this.#isHandedOver || this.#writer.abort(error)]);
  }

  /** What HTMLRewriter must not see goes out as it came. */
  async #passOn(held: Uint8Array): Promise<boolean> {
    for (let bytes: Uint8Array | null = held; bytes !== null; bytes = await this.#following.behind(nothing)) {
      if (bytes.length > 0) await this.#writer.write(bytes);
    }
    return this.#close();
  }

  async #handOver(first: Uint8Array, handOver: HandOver): Promise<boolean> {
    this.#isHandedOver = true;
    const { readable, ended } = handOver({ first, rest: this.#following.left() });
    this.#writer.releaseLock();
    await readable.pipeTo(this.#writable);
    return ended;
  }

  async #close(): Promise<true> {
    await this.#writer.close();
    return true;
  }

  async #cancel(error: unknown): Promise<void> {
    if (this.#isHandedOver) return;
    await this.#source.rest?.reader.cancel(error).catch(() => {});
  }
}

const nothing: Uint8Array = new Uint8Array(0);
