import { note } from "./outbox.ts";

let sinceMs: number | null = null;
let lowestPixel = 0;

/** Begins to measure a page: for how long it is seen, and how far down. */
export function openPage(): void {
  lowestPixel = 0;
  sinceMs = document.visibilityState === "visible" ? performance.now() : null;
  noteScroll();
}

/** Remembers where the reader is. The page's height is asked for only when it is told: that would lay the page out. */
export function noteScroll(): void {
  lowestPixel = Math.max(lowestPixel, scrollY + innerHeight);
}

/**
 * Tells for how many seconds `path` was seen since it was last told, and how far down so far, in percent. A page that is left
 * and come back to tells several times: the seconds add up.
 */
export function tellPageTime(path: string): void {
  if (sinceMs === null) return;
  const seconds = Math.round((performance.now() - sinceMs) / 100) / 10;
  const { scrollHeight } = document.documentElement;
  const depth = Math.min(100, Math.round((lowestPixel / scrollHeight) * 100) || 0);
  sinceMs = null;
  note("page_time", { value: seconds, props: { path, depth } });
}

/** The page is seen again. */
export function resumePageTime(): void {
  sinceMs ??= performance.now();
}
