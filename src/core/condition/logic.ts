/** A yes or no about some facts, or about one value. */
export type Test<F> = (facts: F) => boolean;

export const always = (): boolean => true;
export const never = (): boolean => false;

/** All of `tests`, in order, until one fails. None at all hold. One and two get closures without a loop. */
export function allOf<F>(tests: readonly Test<F>[]): Test<F> {
  const [first, second] = tests;
  if (!first) return always;
  if (!second) return first;
  if (tests.length === 2) return (facts) => first(facts) && second(facts);
  return (facts) => {
    for (const test of tests) if (!test(facts)) return false;
    return true;
  };
}

/** Any of `tests`, in order, until one holds. Of none, none holds. */
export function anyOf<F>(tests: readonly Test<F>[]): Test<F> {
  const [first, second] = tests;
  if (!first) return never;
  if (!second) return first;
  if (tests.length === 2) return (facts) => first(facts) || second(facts);
  return (facts) => {
    for (const test of tests) if (test(facts)) return true;
    return false;
  };
}

export const not =
  <F>(test: Test<F>): Test<F> =>
  (facts) =>
    !test(facts);

/** Thrown without a stack: it only ever travels to {@link guarded}. */
const malformed: unknown = Object.freeze({ name: "MalformedCondition" });

/**
 * A part of a condition on which GrowthBook's SDK throws, such as `{"$and": null}`. Reached, it makes the whole condition
 * false, whatever stands around it: a `$not` above must not let everyone in.
 */
export const unanswerable = (): never => {
  throw malformed;
};

/**
 * A test that never throws: what can't be answered is false. Besides {@link unanswerable}, that is a value that can't be
 * turned into text or a number, such as a list nested too deeply, or an object with a `toString` of its own.
 */
export const guarded =
  <F>(test: Test<F>): Test<F> =>
  (facts) => {
    try {
      return test(facts);
    } catch {
      return false;
    }
  };
