import {
  createInstance,
  createStaticProjectConfigManager,
  OptimizelyDecideOption,
  type OptimizelyDecision,
} from "@optimizely/optimizely-sdk";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, visitor } from "./scenario.ts";

/** Optimizely Feature Experimentation from a static data file, no events. */
export const optimizely: Contestant = {
  name: "Optimizely",
  prepare: (scenario) => {
    const datafile = JSON.stringify(datafileOf(scenario));
    const client = createInstance({ projectConfigManager: createStaticProjectConfigManager({ datafile }) });
    const options = [OptimizelyDecideOption.DISABLE_DECISION_EVENT, OptimizelyDecideOption.EXCLUDE_VARIABLES];
    const all = (): Record<string, OptimizelyDecision> =>
      client.createUserContext(visitor.id, { ...visitor, path: scenario.path }).decideAll(options);
    return {
      page: () => {
        const decisions = all();
        let matched = 0;
        for (const key in decisions) if (typeof decisions[key]?.variationKey === "string") matched += 1;
        return matched;
      },
      matched: () => Object.values(all()).flatMap(({ flagKey, variationKey }) => (variationKey ? [flagKey] : [])),
      close: () => void client.close(),
    };
  },
};

function datafileOf({ experiences }: Scenario) {
  return {
    version: "4",
    rollouts: [],
    anonymizeIP: true,
    botFiltering: false,
    projectId: "1",
    accountId: "1",
    variables: [],
    groups: [],
    events: [],
    revision: "1",
    attributes: ["path", "country", "plan", "segment", "visits"].map((key) => ({ id: `attribute-${key}`, key })),
    audiences: [],
    typedAudiences: experiences.map(({ key, path, clauses }) => ({
      id: `audience-${key}`,
      name: key,
      conditions: ["and", ["or", ["or", exact("path", path)]], ...clauses.map(conditionOf)],
    })),
    featureFlags: experiences.map(({ key }) => ({
      id: `flag-${key}`,
      key,
      rolloutId: "",
      experimentIds: [key],
      variables: [],
    })),
    experiments: experiences.map(({ key }) => ({
      id: key,
      key,
      layerId: `layer-${key}`,
      status: "Running",
      forcedVariations: {},
      audienceIds: [`audience-${key}`],
      trafficAllocation: [
        { entityId: `${key}-control`, endOfRange: 5000 },
        { entityId: `${key}-warm`, endOfRange: 10_000 },
      ],
      variations: ["control", "warm"].map((name) => ({
        id: `${key}-${name}`,
        key: name,
        featureEnabled: true,
        variables: [],
      })),
    })),
  };
}

const attribute = (name: string, match: string, value: string | number) => ({
  type: "custom_attribute",
  name,
  match,
  value,
});
const exact = (name: string, value: string) => attribute(name, "exact", value);

const conditionOf = (clause: Clause) =>
  "oneOf" in clause
    ? ["or", ["or", ...clause.oneOf.map((value) => exact(clause.fact, value))]]
    : ["or", ["or", attribute(clause.fact, "ge", clause.atLeast)]];
