/** A body that comes in pieces, one for each read, so that a page is always streamed and never read whole. */
export function inPieces(pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const rest = pieces.map((piece) => (typeof piece === "string" ? encoder.encode(piece) : piece));
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      // Later than "at once": the reader takes what it has and streams.
      await scheduler.wait(1);
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(next.slice());
      else controller.close();
    },
  });
}

/** Cuts a page into pieces of so many bytes. */
export function cut(page: string, bytes: number): readonly Uint8Array[] {
  const all = new TextEncoder().encode(page);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += bytes) pieces.push(all.subarray(at, at + bytes));
  return pieces;
}

export const streamedPage = (body: ReadableStream<Uint8Array>, type = "text/html; charset=utf-8"): Response =>
  new Response(body, { headers: { "content-type": type } });
