import type { TemplateScope } from "../decision.ts";
import type { Draft, Operation } from "../draft.ts";
import type { JsonObject } from "../json.ts";
import { landingOfHtml } from "../operation/html-operations.ts";
import { type Problem, problem, warning } from "../problem.ts";
import { compileTemplate, type Landing } from "../template.ts";
import { at, ofVariants } from "./each.ts";

/** Somebody new, of whom nothing is known; and somebody of whom everything is that templates tend to ask. */
const newcomer: JsonObject = { returning: false };
const somebody = (names: readonly string[]): JsonObject => ({
  ...Object.fromEntries(names.map((name) => [name, "Sample"])),
  returning: true,
});
const context: JsonObject = {
  host: "books.example",
  path: "/",
  query: {},
  country: "DE",
  region: "BE",
  city: "Berlin",
  continent: "EU",
  timezone: "Europe/Berlin",
  hour: 23,
  weekday: 1,
  device: "mobile",
  language: "de",
};

/**
 * Templates rendered for sample visitors: one that fails would leave its place as it was, and one that prints nothing for
 * somebody new would leave it empty.
 */
export const checkSamples = (draft: Draft): readonly Problem[] => {
  const slot = Object.fromEntries(Object.entries(draft.slots).map(([key, { default: value }]) => [key, value]));
  return ofVariants(draft, ({ operations }, path) =>
    operations.flatMap((operation, index) =>
      sampleProblems(operation, `${path}${at("operations", index)}/value`, slot),
    ),
  );
};

function sampleProblems(operation: Operation, path: string, slot: JsonObject): readonly Problem[] {
  const { value } = operation;
  if (typeof value !== "string" || !/\{[{%]/.test(value)) return [];
  const names = [...value.matchAll(/visitor\.([\w-]+)/g)].map(([, name]) => name ?? "");
  const render = (visitor: JsonObject) => rendered(value, landingOf(operation), { visitor, context, slot });
  const [unknown, known] = [render(newcomer), render(somebody(names))];
  const failed = [unknown, known].find((one) => one === null || one.startsWith(failure));
  if (failed !== undefined)
    return failed === null
      ? []
      : [problem(path, `The template fails: ${failed.slice(failure.length)}.`, "Make it shorter, with fewer loops.")];
  if (unknown?.trim() !== "" || known?.trim() === "") return [];
  const advice = "Say what they see: {{ visitor.firstName | default: 'reader' }}.";
  return [warning(path, "For a new visitor, of whom nothing is known, this prints nothing.", advice)];
}

const failure = "\u0000";

/** @returns `null` for one that does not compile, which another check tells. */
function rendered(source: string, landing: Landing, scope: TemplateScope): string | null {
  const compiled = compileTemplate(source, landing);
  if (!compiled.ok) return null;
  try {
    return compiled.value(scope);
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return `${failure}${line.slice(0, 200).replace(/\.$/, "")}`;
  }
}

const landingOf = (operation: Operation): Landing => {
  if ("selector" in operation) return landingOfHtml(operation);
  return "header" in operation ? "header" : "json";
};
