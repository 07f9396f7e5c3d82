import type { CompiledRelease } from "../../src/core/compile.ts";
import { decide } from "../../src/core/decide.ts";
import { releaseOf, subjectOn } from "./caramel.ts";
import type { Scenario } from "./scenario.ts";

/** Pages between two readings of the heap: too few for a collection of garbage to come between. */
const pages = 1000;

/**
 * Bytes that Caramel allocates for each experience that it turns down: how much more a page takes with many of them than
 * with few.
 *
 * @param collect the engine's own `gc`.
 */
export function bytesPerRejection(scenario: Scenario, collect: () => void): number {
  const rejected = scenario.experiences.filter(({ matches }) => !matches);
  const few = rejected.slice(0, rejected.length / 10);
  const bytesOf = (experiences: Scenario["experiences"]): number =>
    bytesPerPage(releaseOf({ ...scenario, experiences }), scenario.path, collect);
  return (bytesOf(rejected) - bytesOf(few)) / (rejected.length - few.length);
}

function bytesPerPage(release: CompiledRelease, path: string, collect: () => void): number {
  const route = release.routeOf("GET", path, "");
  if (route === null) throw new Error("the scenario has nothing on its page");
  const subject = subjectOn(path);
  const decideAll = (): void => {
    for (let page = 0; page < pages; page += 1) decide(release, route, subject);
  };
  for (let time = 0; time < 5; time += 1) decideAll(); // until the engine has compiled it
  collect();
  const before = process.memoryUsage().heapUsed;
  decideAll();
  return (process.memoryUsage().heapUsed - before) / pages;
}
