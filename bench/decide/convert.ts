import convert from "@convertcom/js-sdk";
import type { Contestant } from "./contestant.ts";
import { type Clause, type Scenario, visitor } from "./scenario.ts";

/** Convert's full-stack SDK from its configuration as an object, nothing tracked. */
export const convertSdk: Contestant = {
  name: "Convert",
  prepare: async (scenario) => {
    const sdk = new ConvertSDK({
      data: configurationOf(scenario),
      network: { tracking: false },
      logger: { logLevel: LogLevel.SILENT, customLoggers: [] },
    });
    await sdk.onReady();
    const { id, ...visitorProperties } = visitor;
    const run = () =>
      sdk.createContext(id, visitorProperties).runExperiences({
        locationProperties: { path: scenario.path },
        visitorProperties,
        enableTracking: false,
      });
    return {
      page: () => run().length,
      matched: () => run().map(({ experienceKey }) => experienceKey),
    };
  },
};

interface Sdk {
  onReady(): Promise<void>;
  createContext(id: string, properties: object): { runExperiences(attributes: object): { experienceKey: string }[] };
}

// CommonJS that says it is a module: Node gives its exports, whose default is the class.
const { default: ConvertSDK, LogLevel } = convert as unknown as {
  default: new (config: object) => Sdk;
  LogLevel: { readonly SILENT: number };
};

function configurationOf({ experiences }: Scenario) {
  const paths = [...new Set(experiences.map(({ path }) => path))];
  return {
    account_id: "1",
    project: { id: "1", key: "bench", settings: {} },
    goals: [],
    segments: [],
    features: [],
    archived_experiences: [],
    locations: paths.map((path) => ({ id: path, key: path, name: path, rules: allOf([[text("path", path)]]) })),
    audiences: experiences.map(({ key, clauses }) => ({
      id: key,
      key,
      name: key,
      type: "transient",
      rules: allOf(clauses.map(anyOfClause)),
    })),
    experiences: experiences.map(({ key, path }) => ({
      id: key,
      key,
      name: key,
      status: "active",
      type: "a/b_fullstack",
      locations: [path],
      audiences: [key],
      settings: { matching_options: { audiences: "all" } },
      variations: ["control", "warm"].map((name) => ({
        id: `${key}-${name}`,
        key: name,
        name,
        status: "running",
        traffic_allocation: 50,
        changes: [],
      })),
    })),
  };
}

type Rule = ReturnType<typeof text>;

const allOf = (clauses: readonly (readonly Rule[])[]) => ({
  OR: [{ AND: clauses.map((rules) => ({ OR_WHEN: rules })) }],
});

const text = (key: string, value: string | number, match_type = "equals", negated = false) => ({
  rule_type: typeof value === "string" ? "generic_text_key_value" : "generic_numeric_key_value",
  matching: { match_type, negated },
  key,
  value,
});

const anyOfClause = (clause: Clause): readonly Rule[] =>
  "oneOf" in clause
    ? clause.oneOf.map((value) => text(clause.fact, value))
    : [text(clause.fact, clause.atLeast, "less", true)];
