import { never, not } from "../logic.ts";
import type { Operator, OperatorFamily, ValueTest } from "../operator.ts";
import { isScalar } from "../operator.ts";

/** Up to here looking at each member is faster than hashing. */
const fewMembers = 8;

const foldCase = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : value);

/** Whether a value, or any element of a value that is a list, is among `members`: the very same, of the same type. */
function among(members: readonly unknown[]): ValueTest {
  const set = new Set(members);
  const has: ValueTest = members.length > fewMembers ? (value) => set.has(value) : (value) => members.includes(value);
  return (value) => (Array.isArray(value) ? someOf(value, has) : has(value));
}

/** As {@link among}, but upper and lower case are the same, and NaN, as in GrowthBook, is not even itself. */
function amongIgnoringCase(members: readonly unknown[]): ValueTest {
  const set = new Set(members.map(foldCase).filter((member) => !Number.isNaN(member)));
  const has: ValueTest = (value) => set.has(foldCase(value));
  return (value) => (Array.isArray(value) ? someOf(value, has) : has(value));
}

function someOf(values: readonly unknown[], has: ValueTest): boolean {
  for (const value of values) if (has(value)) return true;
  return false;
}

const listOperator =
  (testOf: (members: readonly unknown[]) => ValueTest): Operator =>
  (operand, path, { report }) => {
    if (!Array.isArray(operand)) {
      report(path, "This operator needs a list.", 'Write the values in brackets: ["a", "b"].');
      return never;
    }
    for (const [i, member] of operand.entries()) {
      if (isScalar(member)) continue;
      report(`${path}/${i}`, "Nothing is ever equal to this member.", "List texts, numbers, true, false or null.");
    }
    return testOf(operand);
  };

const groupOperator =
  (testOf: (members: readonly unknown[]) => ValueTest): Operator =>
  (operand, path, { report, groupMembers }) => {
    if (!isScalar(operand)) {
      report(path, "A group is named by its id.", "Write the group's id in quotes.");
      return never;
    }
    const members = groupMembers(String(operand), path);
    return members === null ? never : testOf(members);
  };

/** Is one of these, or is in this group; of a list, whether any element is. And their opposites. */
export const membership: OperatorFamily = {
  $in: listOperator(among),
  $nin: listOperator((members) => not(among(members))),
  $ini: listOperator(amongIgnoringCase),
  $nini: listOperator((members) => not(amongIgnoringCase(members))),
  $inGroup: groupOperator(among),
  $notInGroup: groupOperator((members) => not(among(members))),
};
