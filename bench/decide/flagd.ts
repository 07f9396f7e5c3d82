import { FlagdCore } from "@openfeature/flagd-core";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, visitor } from "./scenario.ts";

/** flagd's in-process evaluation. */
export const flagd: Contestant = {
  name: "flagd-core",
  prepare: (scenario) => {
    const core = new FlagdCore();
    core.setConfigurations(JSON.stringify({ flags: flagsOf(scenario) }));
    const all = () => core.resolveAll({ ...visitor, targetingKey: visitor.id, path: scenario.path });
    return {
      page: () => {
        let matched = 0;
        for (const { variant } of all()) if (variant !== "off") matched += 1;
        return matched;
      },
      matched: () => all().flatMap(({ flagKey, variant }) => (variant === "off" ? [] : [flagKey])),
    };
  },
};

function flagsOf({ experiences }: Scenario) {
  const flags = experiences.map(({ key, path, clauses }) => {
    const asked = [{ "==": [{ var: "path" }, path] }, ...clauses.map(conditionOf)];
    const split = {
      fractional: [
        ["control", 50],
        ["warm", 50],
      ],
    };
    const variants = { off: "off", control: "control", warm: "warm" };
    return [
      key,
      { state: "ENABLED", variants, defaultVariant: "off", targeting: { if: [{ and: asked }, split, "off"] } },
    ];
  });
  return Object.fromEntries(flags);
}

const conditionOf = (clause: Clause) =>
  "oneOf" in clause ? { in: [{ var: clause.fact }, clause.oneOf] } : { ">=": [{ var: clause.fact }, clause.atLeast] };
