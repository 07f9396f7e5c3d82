import { describe, it } from "vitest";
import type { Schedule } from "../../src/core/draft.ts";
import { localTimeOf, wallClockMs } from "../../src/core/local-time.ts";
import { compileSchedule, parseMoment } from "../../src/core/schedule.ts";

const always: Schedule = { from: null, until: null, timeZone: "UTC", days: null, hours: null };
const isOpen = (schedule: Partial<Schedule>, at: string): boolean =>
  compileSchedule({ ...always, ...schedule }).isOpen(Date.parse(at));

describe("schedule", () => {
  it("opens at `from` and shuts at `until`, as the wall clock of its zone shows", ({ expect }) => {
    const week = { from: "2026-11-23T09:00", until: "2026-11-27", timeZone: "Europe/Berlin" };
    expect(isOpen(week, "2026-11-23T07:59:59Z")).toBe(false);
    expect(isOpen(week, "2026-11-23T08:00:00Z")).toBe(true);
    expect(isOpen(week, "2026-11-26T22:59:59Z")).toBe(true);
    expect(isOpen(week, "2026-11-26T23:00:00Z")).toBe(false);
  });

  it("reads a bound with an offset as that instant, whatever its zone", ({ expect }) => {
    const from = { from: "2026-11-23T09:00:00+09:00", timeZone: "America/New_York" };
    expect(isOpen(from, "2026-11-22T23:59:59Z")).toBe(false);
    expect(isOpen(from, "2026-11-23T00:00:00Z")).toBe(true);
  });

  it("follows the clocks through the change to winter time", ({ expect }) => {
    const evening = { hours: [18, 22] as const, timeZone: "Europe/Berlin" };
    expect(isOpen(evening, "2026-10-24T16:30:00Z")).toBe(true);
    expect(isOpen(evening, "2026-10-26T16:30:00Z")).toBe(false);
    expect(isOpen(evening, "2026-10-26T17:30:00Z")).toBe(true);
  });

  it("runs over midnight, and keeps to its days", ({ expect }) => {
    expect(isOpen({ hours: [22, 6] }, "2026-11-23T23:00:00Z")).toBe(true);
    expect(isOpen({ hours: [22, 6] }, "2026-11-23T05:59:00Z")).toBe(true);
    expect(isOpen({ hours: [22, 6] }, "2026-11-23T06:00:00Z")).toBe(false);
    expect(isOpen({ days: [1] }, "2026-11-23T12:00:00Z")).toBe(true);
    expect(isOpen({ days: [2] }, "2026-11-23T12:00:00Z")).toBe(false);
  });

  it("stays shut when a bound can't be read: nobody sees early what was meant for later", ({ expect }) => {
    expect(isOpen({ from: "next tuesday" }, "2036-01-01T00:00:00Z")).toBe(false);
    expect(parseMoment("tomorrow")).toBeNull();
  });
});

describe("local time", () => {
  it("knows half-hour zones and reads an unknown one as UTC", ({ expect }) => {
    const noonMs = Date.parse("2026-11-23T12:00:00Z");
    expect(wallClockMs(noonMs, "Asia/Kolkata") - noonMs).toBe(5.5 * 3_600_000);
    expect(localTimeOf(noonMs, "Mars/Olympus")).toEqual({ hour: 12, weekday: 1 });
    expect(localTimeOf(noonMs, "Pacific/Auckland")).toEqual({ hour: 1, weekday: 2 });
  });
});
