import { type CompiledAudience, subjectFact } from "../audience.ts";
import { compileCondition } from "../condition/compile.ts";
import { plainPaths } from "../condition/paths.ts";
import type { JsonObject } from "../json.ts";
import type { Problem } from "../problem.ts";
import { fail, ok } from "../result.ts";
import type { Subject } from "../subject.ts";

/** Whether an audience exists is another check's, which knows better what was meant. */
const anyAudience: CompiledAudience = { test: () => false, reads: [], isStored: false, parts: [] };

/** What is wrong with a condition in its own language: operators, operands, patterns, facts. Pointers begin at it. */
export function languageProblems(condition: JsonObject): readonly Problem[] {
  const compiled = compileCondition<Subject>(condition, {
    resolve: (path, withinMs) => {
      const fact = subjectFact(path, withinMs, () => anyAudience);
      if (fact.ok) return ok(fact.value.read);
      return fail({ message: `\`${path}\` is no fact.`, advice: sentence(fact.error) });
    },
  });
  return compiled.ok ? [] : compiled.error;
}

/** The same of a condition over a slot's value, which knows one fact: `value`. */
export function slotConditionProblems(condition: JsonObject): readonly Problem[] {
  const compiled = compileCondition<unknown>(condition, {
    resolve: (path, withinMs) =>
      path.split(".")[0] === "value"
        ? plainPaths(path, withinMs)
        : fail({ message: `\`${path}\` is no fact.`, advice: "A slot has its `value` only." }),
  });
  return compiled.ok ? [] : compiled.error;
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
