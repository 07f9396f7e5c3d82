/** Whether this source may call once more now. Never rejects. */
export type Limiter = (key: string) => Promise<boolean>;

/** Sources that are remembered by an isolate without the platform's limiter. */
const mostSources = 10_000;

/** For so long a source that the platform has refused is refused without asking again: a flood costs next to nothing. */
const refusedMs = 5_000;
/** Sources that are remembered so. */
const mostRefused = 1_000;

/**
 * Limits how often one source calls: by the platform's own limiter, which counts per data centre; where a deployment has
 * none, or it fails, by counting in this isolate, which lets through that much per isolate.
 *
 * Keys are used for counting only and are not stored.
 */
export function createLimiter(
  binding: RateLimit | undefined,
  limit: number,
  periodSeconds: number,
  now: () => number,
): Limiter {
  const counted = countingLimiter(limit, periodSeconds * 1000, now);
  if (binding === undefined) return async (key) => counted(key);
  const refusedUntil = new Map<string, number>();
  return async (key) => {
    if ((refusedUntil.get(key) ?? 0) > now()) return false;
    try {
      const { success } = await binding.limit({ key });
      if (success) return true;
    } catch {
      return counted(key);
    }
    if (refusedUntil.size >= mostRefused) refusedUntil.clear();
    refusedUntil.set(key, now() + refusedMs);
    return false;
  };
}

function countingLimiter(limit: number, periodMs: number, now: () => number): (key: string) => boolean {
  const counts = new Map<string, number>();
  let period = 0;
  return (key) => {
    const current = Math.floor(now() / periodMs);
    if (current !== period || counts.size > mostSources) counts.clear();
    period = current;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= limit;
  };
}
