import { note } from "./outbox.ts";

/** Of an interaction, and of a shift of the layout: what the browsers tell and TypeScript's library lacks in part. */
interface Entry extends PerformanceEntry {
  readonly interactionId?: number;
  readonly hadRecentInput?: boolean;
  readonly value?: number;
}

/** A burst of shifts: gaps of at most a second, five seconds in all (web.dev/articles/cls). */
const gapMs = 1000;
const burstMs = 5000;

let lcpMs = 0;
let worstBurst = 0;
let burst = { startMs: 0, lastMs: 0, sum: 0 };
/** The longest time of each interaction, in milliseconds. */
const interactions = new Map<number, number>();

/** Watches how the page loads and answers. A browser that does not tell of something leaves it out. */
export function watchVitals(): void {
  observe("largest-contentful-paint", ({ startTime }) => {
    lcpMs = startTime - shownAtMs();
  });
  observe("layout-shift", shifted);
  observe("event", ({ interactionId, duration }) => {
    if (interactionId) interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
  });
}

/** A page that was prepared before it was shown is measured from then on. */
function shownAtMs(): number {
  const [entry] = performance.getEntriesByType("navigation") as (PerformanceEntry & { activationStart?: number })[];
  return entry?.activationStart ?? 0;
}

function observe(type: string, take: (entry: Entry) => void): void {
  try {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    // `durationThreshold` is for events alone, and too new for TypeScript's library.
    observer.observe({ type, buffered: true, durationThreshold: 40 } as PerformanceObserverInit);
  } catch {}
}

function shifted({ hadRecentInput, startTime, value = 0 }: Entry): void {
  if (hadRecentInput) return;
  const goesOn = startTime - burst.lastMs < gapMs && startTime - burst.startMs < burstMs;
  burst = { startMs: goesOn ? burst.startMs : startTime, lastMs: startTime, sum: value + (goesOn ? burst.sum : 0) };
  worstBurst = Math.max(worstBurst, burst.sum);
}

/**
 * Tells largest contentful paint and interaction to next paint in milliseconds, and cumulative layout shift, as far as they
 * are known: of `path`, the page that was loaded. The interaction told is the worst but for one in fifty (web.dev/articles/inp).
 */
export function tellVitals(path: string): void {
  const durations = [...interactions.values()].sort((one, other) => other - one);
  const inp = durations[Math.floor(durations.length / 50)];
  note("web_vitals", {
    props: {
      path,
      cls: Math.round(worstBurst * 1000) / 1000,
      ...(lcpMs > 0 ? { lcp: Math.round(lcpMs) } : {}),
      ...(inp === undefined ? {} : { inp }),
    },
  });
}
