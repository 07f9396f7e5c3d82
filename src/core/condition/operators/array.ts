import { isObject } from "../../json.ts";
import { never, unanswerable } from "../logic.ts";
import type { Operator, OperatorFamily } from "../operator.ts";
import { isOperatorObject } from "../operator.ts";

/** Every one of the operand's conditions must hold for some element. */
const all =
  (ignoreCase: boolean): Operator =>
  (operand, path, { report, value: compileValue }) => {
    if (!Array.isArray(operand)) {
      report(path, "This operator needs a list.", 'Write what the list must hold in brackets: ["a", "b"].');
      return never;
    }
    const tests = operand.map((condition, i) => compileValue(condition, `${path}/${i}`, ignoreCase));
    return (value) => {
      if (!Array.isArray(value)) return false;
      for (const test of tests) if (!holdsForSome(value, test, true)) return false;
      return true;
    };
  };

function holdsForSome(values: readonly unknown[], test: (value: unknown) => boolean, nullsToo: boolean): boolean {
  for (const value of values) if ((nullsToo || (value ?? null) !== null) && test(value)) return true;
  return false;
}

const size: Operator = (operand, path, { report, value: compileValue }) => {
  const isCount = Number.isInteger(operand) && Number(operand) >= 0;
  if (!isCount && !isObject(operand)) {
    report(path, "A size is a count.", 'Write a whole number, or operators: {"$gte": 2}.');
  }
  const test = compileValue(operand, path);
  return (value) => Array.isArray(value) && test(value.length);
};

const elemMatch: Operator = (operand, path, { report, value: compileValue, element }) => {
  if (!isObject(operand))
    report(path, "$elemMatch needs a condition.", 'Write an object: {"$gt": 3} or {"name": "x"}.');
  const isNothing = operand === null || operand === undefined;
  const compile = !isNothing && isOperatorObject(Object(operand)) ? compileValue : element;
  const test = compile(operand, path);
  return (value) => {
    if (!Array.isArray(value)) return false;
    return isNothing ? unanswerable() : holdsForSome(value, test, false);
  };
};

/** Of lists: whether they hold all of these, an element such as this, so many elements. False for what is no list. */
export const array: OperatorFamily = { $all: all(false), $alli: all(true), $size: size, $elemMatch: elemMatch };
