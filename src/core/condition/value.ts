import { isObject } from "../json.ts";
import { pointerOf } from "../problem.ts";
import { allOf, never, unanswerable } from "./logic.ts";
import { type Compiling, isOperatorObject, type ValueTest } from "./operator.ts";
import { operators } from "./operators.ts";

/**
 * Compiles what stands beside a fact: an object of operators, which must all hold, or a plain value to be equal to.
 *
 * Equality converts, as GrowthBook's does: beside a text the fact is taken as a text, beside a number as a number, beside
 * true and false as such; null is only null; lists and objects are equal when their JSON is, the order of keys included.
 *
 * @param ignoreCase for texts, within `$alli`.
 */
export function compileValue(condition: unknown, path: string, ignoreCase: boolean, compiling: Compiling): ValueTest {
  switch (typeof condition) {
    case "string":
      return ignoreCase ? equalsIgnoringCase(condition) : equalsText(condition);
    case "number":
      return equalsNumber(condition);
    case "boolean":
      return (value) => value !== null && Boolean(value) === condition;
    case "object":
      if (condition === null) return (value) => value === null;
      return !Array.isArray(condition) && isOperatorObject(condition)
        ? compileOperators(condition, path, compiling)
        : compileStructure(condition, path, compiling);
    default:
      compiling.report(path, "There is nothing to compare with.", "Write a value, or an object of operators.");
      return unanswerable;
  }
}

const equalsText =
  (expected: string): ValueTest =>
  (value) =>
    typeof value === "string" ? value === expected : String(value) === expected;

function equalsIgnoringCase(expected: string): ValueTest {
  const folded = expected.toLowerCase();
  return (value) => String(value).toLowerCase() === folded;
}

const equalsNumber =
  (expected: number): ValueTest =>
  (value) =>
    typeof value === "number" ? value === expected : Number(value) === expected;

function compileOperators(condition: object, path: string, compiling: Compiling): ValueTest {
  const tests = Object.entries(condition).map(([name, operand]): ValueTest => {
    const at = path + pointerOf(name);
    const operator = operators.get(name);
    if (operator) return operator(operand, at, compiling);
    compiling.report(at, `"${name}" is no operator.`, `Write one of ${[...operators.keys()].join(", ")}.`);
    return never;
  });
  return allOf(tests);
}

function compileStructure(condition: object, path: string, { report }: Compiling): ValueTest {
  reportStrayOperators(condition, path, report);
  const json = jsonOf(condition);
  if (json === null) return unanswerable;
  const length = Array.isArray(condition) ? condition.length : null;
  return (value) => {
    // Most values are told apart without writing them out.
    if (typeof value !== "object" || value === null) return false;
    if (length !== (Array.isArray(value) ? value.length : null)) return false;
    return JSON.stringify(value) === json;
  };
}

/** Within a plain object operators are nothing but keys, which is hardly ever what was meant. */
function reportStrayOperators(condition: object, path: string, report: Compiling["report"]): void {
  if (Array.isArray(condition)) return;
  for (const [key, member] of Object.entries(condition)) {
    if (key.startsWith("$")) {
      report(path + pointerOf(key), "Operators and members stand side by side.", "Write either operators or members.");
    } else if (isObject(member) && isOperatorObject(member)) {
      report(
        path + pointerOf(key),
        "An operator is not seen in here.",
        'Name the member by its path: {"pet.name": …}.',
      );
    }
  }
}

function jsonOf(value: object): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null; // no JSON: a BigInt, which only code can write
  }
}
