import * as z from "zod";
import type { Schedule } from "../draft.ts";
import type { Json } from "../json.ts";
import { defined } from "./export-order.ts";
import { choice, entity, listOf, said, text } from "./fields.ts";

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const momentShape = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

const moment = (about: string) =>
  text(about, "2026-11-27T09:00", 40)
    .regex(momentShape, {
      error: said("is no date", 'Write "2026-11-27", "2026-11-27T09:00" (in timeZone) or "2026-11-27T09:00Z".'),
    })
    .refine(isOnTheCalendar, { error: said("is not on the calendar", "Check month, day and time.") });

/** Day and month exist: `Date` rolls the 31st of June over into July, and so gives another text back. */
function isOnTheCalendar(written: string): boolean {
  const local = written.replace(" ", "T").replace(/(Z|[+-]\d\d:\d\d)$/, "");
  const atMs = Date.parse(local.includes("T") ? `${local}Z` : `${local}T00:00Z`);
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(local.slice(0, 10));
}

const hour = z
  .int({ error: said("must be a whole hour from 0 to 24", "Write, for example, [9, 17].") })
  .min(0, { error: said("must be a whole hour from 0 to 24", "Write, for example, [9, 17].") })
  .max(24, { error: said("must be a whole hour from 0 to 24", "Write, for example, [9, 17].") });

export const scheduleFile = entity("When it runs.", {
  from: moment("Its start. Without offset, a local time in `timeZone`.").optional(),
  until: moment("Its end, exclusive.").optional(),
  timeZone: text("IANA time zone of local times, days and hours. Default: UTC.", "Europe/Berlin", 100).optional(),
  days: listOf("Days of the week it runs on. Default: all.", "[mon, tue]", choice("A day.", dayNames), 7).optional(),
  hours: z
    .tuple([hour, hour], { error: said("must be a pair of hours", "Write [from, to), for example [9, 17].") })
    .meta({ description: "Hours of the day it runs in, from the first until before the second." })
    .optional(),
});

export const scheduleOf = (file: z.output<typeof scheduleFile>): Schedule => ({
  from: file.from ?? null,
  until: file.until ?? null,
  timeZone: file.timeZone ?? "UTC",
  days: file.days?.map((day) => dayNames.indexOf(day)) ?? null,
  hours: file.hours ?? null,
});

export const exportSchedule = (schedule: Schedule): Json =>
  defined({
    from: schedule.from ?? undefined,
    until: schedule.until ?? undefined,
    timeZone: schedule.timeZone === "UTC" ? undefined : schedule.timeZone,
    days: schedule.days?.map((day) => dayNames[day] ?? day),
    hours: schedule.hours ?? undefined,
  });
