/**
 * Reads the beginning of a copy of a body, while the original goes its way: at most `mostBytes` are held. Must be called before
 * the original is read.
 *
 * @returns the bytes, and whether they are all; `null` when the body broke off. Never rejects.
 */
export async function beginningOf(
  original: Request | Response,
  mostBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly whole: boolean } | null> {
  const body = copyOf(original);
  if (body === null) return { bytes: new Uint8Array(0), whole: true };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let held = 0;
  try {
    while (held < mostBytes) {
      const { done, value } = await reader.read();
      if (done) return { bytes: await joinedOf(chunks), whole: true };
      chunks.push(value);
      held += value.byteLength;
    }
    // The copy is given up; the original is not.
    await reader.cancel();
    return { bytes: (await joinedOf(chunks)).subarray(0, mostBytes), whole: false };
  } catch {
    return null;
  }
}

/** `null` where there is nothing to copy, or it has been read already. */
function copyOf(original: Request | Response): ReadableStream<Uint8Array> | null {
  if (original.body === null || original.bodyUsed) return null;
  return original.clone().body;
}

const joinedOf = async (chunks: readonly Uint8Array[]): Promise<Uint8Array> =>
  new Uint8Array(await new Blob([...chunks]).arrayBuffer());
