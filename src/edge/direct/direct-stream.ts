import { RestReader } from "../guard/rest-reader.ts";
import type { GuardedStream, PageSource } from "../guard/stream.ts";
import type { DirectEditor, Progress } from "./direct-editor.ts";

/** Lets HTMLRewriter do the rest of a page, from a place on where a parser may begin. */
export type HandOver = (source: PageSource) => GuardedStream;

/** A page of which the first bytes are edited. */
export interface BegunPage extends PageSource {
  readonly progress: Progress;
}

/** SVG that does not end within so many bytes is HTMLRewriter's: in case something is looked for in it, it is held back. */
const mostHeldBytes = 64 * 1024;
/** So much of what HTMLRewriter makes is taken at once. */
const takenBytes = 16 * 1024;
const nothing: Uint8Array = new Uint8Array(0);

/** Streams a page out while it is edited. A reader who leaves ends the origin's body too. */
export function directStream(page: BegunPage, editor: DirectEditor, handOver: HandOver): GuardedStream {
  const { readable, writable } = new IdentityTransformStream();
  const pump = new Pump(page, writable.getWriter());
  const stop = async (error: unknown): Promise<false> => {
    await pump.stop(error);
    return false;
  };
  return { readable, ended: pump.run(page, editor, handOver).catch(stop) };
}

class Pump {
  readonly #following: RestReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Where the bytes come from. */
  #upstream: Pick<ReadableStreamBYOBReader, "cancel"> | null;

  constructor({ rest }: PageSource, writer: WritableStreamDefaultWriter<Uint8Array>) {
    this.#following = new RestReader(rest);
    this.#upstream = rest?.reader ?? null;
    this.#writer = writer;
    // Someone who leaves while the origin is silent must not wait for its next byte.
    writer.closed.catch((error: unknown) => this.#cancel(error));
  }

  /** @returns whether all of the page went out. */
  async run(page: BegunPage, editor: DirectEditor, handOver: HandOver): Promise<boolean> {
    let { first: bytes, progress } = page;
    for (let [before, isLast] = [0, false]; ; ) {
      // A write takes the memory away.
      const held = bytes.slice(progress.until - before);
      if (progress.bytes.length > 0) await this.#writer.write(progress.bytes);
      if (progress.danger !== null) return this.#passOn(held);
      const isHeldUp = held.length > mostHeldBytes && progress.until < progress.read;
      if (progress.handOver !== null || isHeldUp) return this.#handOver(held, handOver);
      if (isLast) return this.#close();
      before = progress.until;
      const next = await this.#following.behind(held);
      isLast = next === null;
      bytes = next ?? held;
      progress = editor.edit(bytes, before, progress.read, isLast);
    }
  }

  /** Ends both sides after a failure. Never rejects. */
  async stop(error: unknown): Promise<void> {
    await Promise.allSettled([this.#cancel(error), this.#writer.abort(error)]);
  }

  /** What HTMLRewriter must not see goes out as it came. */
  async #passOn(held: Uint8Array): Promise<boolean> {
    for (let bytes: Uint8Array | null = held; bytes !== null; bytes = await this.#following.behind(nothing)) {
      if (bytes.length > 0) await this.#writer.write(bytes);
    }
    return this.#close();
  }

  /** By hand: the platform has no pipe from one transformed stream into another. */
  async #handOver(first: Uint8Array, handOver: HandOver): Promise<boolean> {
    const { readable, ended } = handOver({ first, rest: this.#following.left() });
    const reader = readable.getReader({ mode: "byob" });
    this.#upstream = reader;
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(takenBytes));
      if (done) break;
      await this.#writer.write(value);
    }
    await this.#writer.close();
    return ended;
  }

  async #close(): Promise<true> {
    await this.#writer.close();
    return true;
  }

  async #cancel(error: unknown): Promise<void> {
    await this.#upstream?.cancel(error).catch(() => {});
  }
}
