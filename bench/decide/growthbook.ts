import { type FeatureApiResponse, GrowthBook, GrowthBookClient } from "@growthbook/growthbook";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, visitor } from "./scenario.ts";

/** One instance per request, as GrowthBook's edge app makes it. */
export const growthbook: Contestant = {
  name: "GrowthBook",
  prepare: (scenario) => {
    const payload = payloadOf(scenario);
    const keys = scenario.experiences.map(({ key }) => key);
    const instance = () => new GrowthBook({ attributes: attributesOn(scenario.path) }).initSync({ payload });
    return {
      page: () => {
        const growthbook = instance();
        let matched = 0;
        for (const key of keys) if (growthbook.evalFeature(key).source === "experiment") matched += 1;
        growthbook.destroy();
        return matched;
      },
      matched: () => {
        const growthbook = instance();
        return keys.filter((key) => growthbook.evalFeature(key).source === "experiment");
      },
    };
  },
};

/** One client for all requests, the newer way of its SDK. */
export const growthbookClient: Contestant = {
  name: "GrowthBook (shared client)",
  prepare: (scenario) => {
    const client = new GrowthBookClient().initSync({ payload: payloadOf(scenario) });
    const keys = scenario.experiences.map(({ key }) => key);
    const scoped = () => client.createScopedInstance({ attributes: attributesOn(scenario.path) });
    return {
      page: () => {
        const growthbook = scoped();
        let matched = 0;
        for (const key of keys) if (growthbook.evalFeature(key).source === "experiment") matched += 1;
        return matched;
      },
      matched: () => {
        const growthbook = scoped();
        return keys.filter((key) => growthbook.evalFeature(key).source === "experiment");
      },
      close: () => client.destroy(),
    };
  },
};

const attributesOn = (path: string): Record<string, unknown> => ({ ...visitor, path });

function payloadOf({ experiences }: Scenario): FeatureApiResponse {
  const features = experiences.map(({ key, path, clauses }) => {
    const rule = {
      key,
      seed: key,
      hashAttribute: "id",
      hashVersion: 2,
      condition: Object.assign({ path }, ...clauses.map(conditionOf)),
      variations: ["control", "warm"],
      weights: [0.5, 0.5],
      coverage: 1,
    };
    return [key, { defaultValue: "control", rules: [rule] }];
  });
  return { features: Object.fromEntries(features) };
}

const conditionOf = (clause: Clause) => ({
  [clause.fact]: "oneOf" in clause ? { $in: clause.oneOf } : { $gte: clause.atLeast },
});
