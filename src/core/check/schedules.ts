import type { Draft, Schedule } from "../draft.ts";
import { type Problem, problem, warning } from "../problem.ts";
import { at, ofExperiences } from "./each.ts";

/** Time zones that exist, and schedules that can ever be on. */
export const checkSchedules = (draft: Draft): readonly Problem[] =>
  ofExperiences(draft, ({ schedule }, key) =>
    schedule === null ? [] : scheduleProblems(schedule, at("experiences", key, "schedule")),
  );

function scheduleProblems({ from, until, timeZone, days, hours }: Schedule, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isTimeZone(timeZone))
    problems.push(
      problem(`${path}/timeZone`, `"${timeZone}" is no time zone.`, 'Write an IANA name, such as "Europe/Berlin".'),
    );
  if (from !== null && until !== null && roughlyMs(until) <= roughlyMs(from))
    problems.push(problem(`${path}/until`, "The schedule ends before it begins.", `Write a time after ${from}.`));
  if (days !== null && days.length === 0)
    problems.push(problem(`${path}/days`, "The schedule runs on no day.", "Name days, or take `days` out."));
  if (hours !== null && hours[0] === hours[1])
    problems.push(problem(`${path}/hours`, "The schedule runs in no hour.", "Write [from, to), such as [9, 17]."));
  if (hours !== null && hours[0] > hours[1])
    problems.push(
      warning(`${path}/hours`, `The hours go past midnight, from ${hours[0]} to ${hours[1]}.`, "Fine, if meant so."),
    );
  return problems;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Good enough to compare: local times of both ends are read in the same zone, and one with an offset as it stands. */
const roughlyMs = (moment: string): number => {
  const written = moment.replace(" ", "T");
  const isLocal = !/(Z|[+-]\d\d:\d\d)$/.test(written);
  return Date.parse(isLocal && written.includes("T") ? `${written}Z` : written);
};
