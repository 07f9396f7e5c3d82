import { EventEmitter } from "node:events";
import unleash, { type ClientFeaturesResponse } from "unleash-client";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, visitor } from "./scenario.ts";

/** Unleash's Node client over a repository that holds the flags in memory, metrics off. */
export const unleashClient: Contestant = {
  name: "Unleash",
  prepare: (scenario) => {
    const repository = new Flags(scenario);
    const client = new unleash.Unleash({
      appName: "bench",
      url: "http://127.0.0.1:9/",
      repository,
      disableMetrics: true,
      disableAutoStart: true,
    });
    repository.emit(unleash.UnleashEvents.Ready);
    const keys = scenario.experiences.map(({ key }) => key);
    const contextOf = () => ({ userId: visitor.id, properties: { ...visitor, path: scenario.path } });
    return {
      page: () => {
        const context = contextOf();
        let matched = 0;
        for (const key of keys) if (client.getVariant(key, context).enabled) matched += 1;
        return matched;
      },
      matched: () => keys.filter((key) => client.getVariant(key, contextOf()).enabled),
      close: () => client.destroy(),
    };
  },
};

type Flag = ClientFeaturesResponse["features"][number];
type Constraint = NonNullable<NonNullable<Flag["strategies"]>[number]["constraints"]>[number];

/** Flags by name, as Unleash's own repository keeps them; nothing is fetched. */
class Flags extends EventEmitter {
  readonly #flags: ReadonlyMap<string, Flag>;

  constructor({ experiences }: Scenario) {
    super();
    this.#flags = new Map(experiences.map((experience) => [experience.key, flagOf(experience)]));
  }

  getToggle(name: string) {
    return this.#flags.get(name);
  }
  getToggles() {
    return [...this.#flags.values()];
  }
  getTogglesWithSegmentData() {
    return [];
  }
  getSegment() {
    return undefined;
  }
  start() {
    return Promise.resolve();
  }
  stop() {}
}

function flagOf({ key, path, clauses }: Scenario["experiences"][number]): Flag {
  const constraints = [constraint("path", "IN", { values: [path] }), ...clauses.map(constraintOf)];
  const parameters = { rollout: "100", stickiness: "userId", groupId: key };
  return {
    name: key,
    type: "experiment",
    enabled: true,
    project: "default",
    stale: false,
    impressionData: false,
    strategies: [{ name: "flexibleRollout", parameters, constraints }],
    variants: [variant("control"), variant("warm")],
  };
}

const variant = (name: string) => ({ name, weight: 500 });

const constraintOf = (clause: Clause) =>
  "oneOf" in clause
    ? constraint(clause.fact, "IN", { values: [...clause.oneOf] })
    : constraint(clause.fact, "NUM_GTE", { values: [], value: String(clause.atLeast) });

const constraint = (
  contextName: string,
  operator: "IN" | "NUM_GTE",
  operand: { values: string[]; value?: string },
): Constraint => ({
  contextName,
  operator: operator as Constraint["operator"], // an enumeration that the package does not export
  inverted: false,
  caseInsensitive: false,
  ...operand,
});
