/** How long an isolate believes what it has read: with a revocation at the worst moment, half a minute. */
const believedMs = 30_000;
const mostRemembered = 1000;

/**
 * Remembers what `read` found for at most half a minute, so that calls in a row ask D1 once. What was not found is asked for
 * again each time: nobody can fill the memory with names of nothing.
 *
 * Nothing of a request is kept, only what D1 says of a token or a person.
 */
export function createRecent<T>(
  read: (key: string) => Promise<T | null>,
  now: () => number,
): (key: string) => Promise<T | null> {
  const known = new Map<string, { readonly value: T; readonly readAtMs: number }>();
  return async (key) => {
    const seen = known.get(key);
    if (seen !== undefined && now() - seen.readAtMs < believedMs) return seen.value;
    const readAtMs = now();
    const value = await read(key);
    if (known.size >= mostRemembered) known.clear();
    if (value === null) known.delete(key);
    else known.set(key, { value, readAtMs });
    return value;
  };
}
