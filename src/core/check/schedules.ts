import type { Draft, Schedule } from "../draft.ts";
import { isTimeZone } from "../local-time.ts";
import { type Problem, problem } from "../problem.ts";
import { parseMoment } from "../schedule.ts";
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
  if (from !== null && until !== null && !startsBefore(from, until))
    problems.push(problem(`${path}/until`, "The schedule ends before it begins.", `Write a time after ${from}.`));
  if (days !== null && days.length === 0)
    problems.push(problem(`${path}/days`, "The schedule runs on no day.", "Name days, or take `days` out."));
  if (hours !== null && hours[0] === hours[1])
    problems.push(problem(`${path}/hours`, "The schedule runs in no hour.", "Write [from, to), such as [9, 17]."));
  return problems;
}

/** Both ends are read in the same zone, so that local times compare as they stand; one with an offset nearly so. */
const startsBefore = (from: string, until: string): boolean =>
  (parseMoment(from)?.ms ?? 0) < (parseMoment(until)?.ms ?? 0);
