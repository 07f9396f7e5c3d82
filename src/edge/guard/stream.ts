import type { BodyRest } from "./body.ts";
import { type FeedTarget, GuardedFeed } from "./feed.ts";
import type { Markers } from "./markers.ts";
import { RestReader } from "./rest-reader.ts";
import type { SelectorHint } from "./selector-hint.ts";

/** A page on its way into HTMLRewriter. */
export interface GuardedStream {
  /** What HTMLRewriter reads. Errors when the origin's body does, so that a broken page never looks complete. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Settles when all has been fed (`true`), or the page broke off or nobody wanted more (`false`). Never rejects. */
  readonly ended: Promise<boolean>;
}

/** What is fed: the bytes that are there, and what follows them (`null`: nothing). */
export interface PageSource {
  readonly first: Uint8Array;
  readonly rest: BodyRest | null;
}

/** Streams a page into HTMLRewriter behind the guard. A reader who leaves ends the origin's body too. */
export function guardedStream(source: PageSource, markers: Markers, hints: readonly SelectorHint[]): GuardedStream {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const gone = writer.closed.then(() => new Promise<never>(() => {}));
  const target: FeedTarget = { write: (bytes) => writer.write(bytes), gone };
  const stop = async (error: unknown): Promise<false> => {
    await Promise.allSettled([source.rest?.reader.cancel(error), writer.abort(error)]);
    return false;
  };
  // Someone who leaves while the origin is silent must not wait for its next byte.
  gone.catch(() => source.rest?.reader.cancel()).catch(() => {});
  const ended = pump(source, new GuardedFeed(target, markers, hints)).then(() => writer.close());
  return { readable, ended: ended.then(() => true, stop) };
}

const nothing: Uint8Array = new Uint8Array(0);

async function pump({ first, rest }: PageSource, feed: GuardedFeed): Promise<void> {
  let held = nothing;
  let before = 0;
  const take = async (bytes: Uint8Array, isLast: boolean) => {
    const { length } = bytes;
    held = await feed.feed(bytes, before, isLast);
    before += length - held.length;
  };
  await take(first, rest === null);
  if (rest === null) return;
  const following = new RestReader(rest);
  for (let bytes = await following.behind(held); bytes !== null; bytes = await following.behind(held)) {
    await take(bytes, false);
  }
  await take(held, true);
}
