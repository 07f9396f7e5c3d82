import { assignmentOn } from "../../src/core/decide.ts";
import { releaseOf, subjectOn } from "./caramel.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Bytes that Caramel allocates for each experience that it turns down, from the heap's growth between two collections of
 * garbage that do not happen: the young generation must be large enough to hold everything (see main.ts).
 *
 * @param collect the engine's own `gc`.
 */
export function bytesPerRejection(scenario: Scenario, collect: () => void): number {
  const release = releaseOf(scenario);
  const route = release.routeOf("GET", scenario.path, "");
  if (route === null) throw new Error("the scenario has nothing on its page");
  const subject = subjectOn(scenario.path);
  const nobody = new Map();
  const rejecting = route.candidates
    .map(({ experience }) => experience)
    .filter((experience) => assignmentOn(experience, subject, nobody, null).arm < 0);
  const rejectAll = (times: number): void => {
    for (let time = 0; time < times; time += 1) {
      for (const experience of rejecting) assignmentOn(experience, subject, nobody, null);
    }
  };
  rejectAll(2000); // until the engine has compiled it
  collect();
  const before = process.memoryUsage().heapUsed;
  rejectAll(times);
  return (process.memoryUsage().heapUsed - before) / (times * rejecting.length);
}

const times = 1000;
