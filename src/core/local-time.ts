/** An Intl formatter costs 50 µs to make: keep them, by zone. Bounded, since zones come from requests too. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const mostFormatters = 500;

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  if (formatters.size >= mostFormatters) formatters.clear();
  formatters.set(timeZone, made);
  return made;
}

/** Whether `name` is a time zone that Intl knows (IANA names and fixed offsets). */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a clock on the wall shows: the local time as if it were UTC, in epoch milliseconds, so that it compares and
 * divides like any other. An unknown zone is read as UTC.
 */
export function wallClockMs(nowMs: number, timeZone: string): number {
  if (timeZone === "UTC" || !isTimeZone(timeZone)) return nowMs;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(nowMs)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((nowMs % 1000) + 1000) % 1000);
}

/** Hour (0 … 23) and weekday (0 is Sunday) on the wall. */
export function localTimeOf(nowMs: number, timeZone: string): { readonly hour: number; readonly weekday: number } {
  const wall = new Date(wallClockMs(nowMs, timeZone));
  return { hour: wall.getUTCHours(), weekday: wall.getUTCDay() };
}
