const decoder = new TextDecoder();

/**
 * Reads a request's body as text, but no more than `mostBytes` of it: a declared length is not believed.
 *
 * @returns `null` when the body is larger; the rest of it is left unread.
 */
export async function textWithin(request: Request, mostBytes: number): Promise<string | null> {
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) return null;
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return decoder.decode(await new Blob(chunks).arrayBuffer());
}
