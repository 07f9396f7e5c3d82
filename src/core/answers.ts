import type { AskedFact, OrderOperator, Question } from "./question.ts";
import type { Subject } from "./subject.ts";

/** What came of a requirement. */
export const unknown = 0;
export const holds = 1;
export const fails = 2;

/**
 * Answers, at once, all questions that a page's experiences ask of one fact: it is read once, and its value looked up.
 *
 * Notes a verdict for each question, side by side from `from` on; none when the value is no text (of `oneOf`) or no number
 * (of an order): what such a value means is for each question's own test to say.
 */
export type Answer = (subject: Subject, verdicts: Uint8Array) => void;

/** Questions that are answered together: of one fact, and of one kind. */
export const kindOf = ({ path, question }: AskedFact): string =>
  question.kind === "oneOf" ? path : `${path} ${question.operator}`;

/**
 * Prepares the answer to questions of one kind. Their verdicts stand in the order of `questionsInOrder`.
 *
 * @param from the place of the first verdict.
 */
export function answerTo(asked: readonly AskedFact[], from: number): Answer {
  const [first] = asked;
  if (first === undefined) return () => {};
  const { read, question } = first;
  const questions = asked.map((each) => each.question);
  return question.kind === "oneOf" ? textAnswer(read, questions, from) : orderAnswer(read, questions, question, from);
}

/** Sorted so that those that hold for a number come first, and those that don't follow. */
export const inOrder = (asked: readonly AskedFact[]): readonly AskedFact[] =>
  asked.toSorted((one, other) => easeOf(other.question) - easeOf(one.question));

/** The more numbers meet it, the greater. */
function easeOf(question: Question): number {
  if (question.kind === "oneOf") return 0;
  return isUpper(question.operator) ? question.bound : -question.bound;
}

const isUpper = (operator: OrderOperator): boolean => operator === "$lt" || operator === "$lte";

function textAnswer(read: AskedFact["read"], questions: readonly Question[], from: number): Answer {
  const places = new Map<string, number[]>();
  for (const [at, question] of questions.entries()) {
    if (question.kind !== "oneOf") continue;
    for (const value of new Set(question.values)) {
      const known = places.get(value);
      if (known === undefined) places.set(value, [from + at]);
      else known.push(from + at);
    }
  }
  const to = from + questions.length;
  return (subject, verdicts) => {
    const value = read(subject);
    if (typeof value !== "string") return;
    verdicts.fill(fails, from, to);
    for (const place of places.get(value) ?? []) verdicts[place] = holds;
  };
}

function orderAnswer(
  read: AskedFact["read"],
  questions: readonly Question[],
  { operator }: Extract<Question, { kind: "order" }>,
  from: number,
): Answer {
  const bounds = questions.map((question) => (question.kind === "order" ? question.bound : Number.NaN));
  const to = from + bounds.length;
  const meets = comparisons[operator];
  return (subject, verdicts) => {
    const value = read(subject);
    if (typeof value !== "number" || Number.isNaN(value)) return;
    const until = from + firstMissed(bounds, (bound) => meets(value, bound));
    verdicts.fill(holds, from, until);
    verdicts.fill(fails, until, to);
  };
}

const comparisons: Readonly<Record<OrderOperator, (value: number, bound: number) => boolean>> = {
  $lt: (value, bound) => value < bound,
  $lte: (value, bound) => value <= bound,
  $gt: (value, bound) => value > bound,
  $gte: (value, bound) => value >= bound,
};

/** The index of the first bound that is not met, by halving: all before it are. */
function firstMissed(bounds: readonly number[], isMet: (bound: number) => boolean): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isMet(bounds[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
