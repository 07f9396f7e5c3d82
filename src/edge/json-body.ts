import { maxJsonBytes } from "../core/json-edit/edit-json.ts";
import { type OpenBody, readOn } from "./guard/body.ts";

/**
 * Reads a document to its end, or until it is longer than may be edited.
 *
 * @returns the whole of it, or what has come and what follows.
 */
export async function readDocument(body: ReadableStream<Uint8Array>): Promise<OpenBody> {
  const reader = body.getReader({ mode: "byob" });
  const first: Uint8Array = new Uint8Array(0);
  let opened: OpenBody = { kind: "streaming", first, rest: { next: reader.read(new Uint8Array(readBytes)), reader } };
  while (opened.kind === "streaming" && opened.first.length <= maxJsonBytes) {
    opened = await readOn(opened.first, opened.rest);
  }
  return opened;
}

const readBytes = 64 * 1024;

/** A body of which the beginning was read, as a stream again. What ends it early ends the origin's body, too. */
export function asStream({ first, rest }: OpenBody & { readonly kind: "streaming" }): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const pass = async () => {
    await writer.write(first);
    for (let read = await rest.next; !read.done; read = await rest.reader.read(new Uint8Array(readBytes))) {
      await writer.write(read.value);
    }
    await writer.close();
  };
  pass().catch((error: unknown) => Promise.allSettled([rest.reader.cancel(error), writer.abort(error)]));
  return readable;
}

/** The text of a document in UTF-8, its byte order mark included; `null` when it is in no other than UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
