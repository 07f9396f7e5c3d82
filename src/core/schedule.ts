import type { Schedule } from "./draft.ts";
import { wallClockMs } from "./local-time.ts";

/** A schedule made ready: bounds as what the wall clock shows, or as instants where the author gave an offset. */
export interface CompiledSchedule {
  readonly isOpen: (nowMs: number) => boolean;
}

const withOffset = /(?:Z|[+-]\d\d:?\d\d)$/;
const dateOnly = /^\d{4}-\d\d-\d\d$/;

/**
 * A moment as people write it: ISO 8601. With an offset it is an instant; without, a wall-clock time of the schedule's zone.
 *
 * @returns `null` when it is no such text.
 */
export function parseMoment(text: string): { readonly ms: number; readonly isInstant: boolean } | null {
  const isInstant = withOffset.test(text) && !dateOnly.test(text);
  const ms = Date.parse(isInstant ? text : `${text}${dateOnly.test(text) ? "T00:00:00" : ""}Z`);
  return Number.isNaN(ms) ? null : { ms, isInstant };
}

const alwaysOpen: CompiledSchedule = { isOpen: () => true };

/** Compiles a schedule. Bounds that cannot be read (they are refused on save) leave it shut: nobody is shown what was meant for later. */
export function compileSchedule(schedule: Schedule | null): CompiledSchedule {
  if (schedule === null) return alwaysOpen;
  const from = schedule.from === null ? null : parseMoment(schedule.from);
  const until = schedule.until === null ? null : parseMoment(schedule.until);
  const unreadable = (schedule.from !== null && from === null) || (schedule.until !== null && until === null);
  if (unreadable) return { isOpen: () => false };

  return {
    isOpen: (nowMs) => {
      const wallMs = wallClockMs(nowMs, schedule.timeZone);
      if (from !== null && (from.isInstant ? nowMs : wallMs) < from.ms) return false;
      if (until !== null && (until.isInstant ? nowMs : wallMs) >= until.ms) return false;
      const wall = new Date(wallMs);
      if (schedule.days !== null && !schedule.days.includes(wall.getUTCDay())) return false;
      return schedule.hours === null || isWithin(wall.getUTCHours(), schedule.hours);
    },
  };
}

/** `[22, 6)` runs over midnight. */
const isWithin = (hour: number, [from, to]: readonly [number, number]): boolean =>
  from <= to ? hour >= from && hour < to : hour >= from || hour < to;
