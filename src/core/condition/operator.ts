import type { Test } from "./logic.ts";

/** Tests the value of one fact, or one element of a list. */
export type ValueTest = Test<unknown>;

/**
 * What an operator may ask of the compiler that it is part of.
 *
 * An operator always returns a test, that of GrowthBook's SDK for this operand, however odd; what a person should not
 * have written it reports besides. Whether that counts is for the compiler's mode to say.
 */
export interface Compiling {
  /** Notes that what stands at `path` (RFC 6901, within the condition) is wrong, and how to mend it. */
  readonly report: (path: string, message: string, advice: string) => void;
  /** Compiles what a value is compared with: a plain value, or an object of operators. */
  readonly value: (condition: unknown, path: string, ignoreCase?: boolean) => ValueTest;
  /** Compiles a condition on an element of a list, whose members are its facts. */
  readonly element: (condition: unknown, path: string) => ValueTest;
  /**
   * A group's members, for an operator at `path`. None for an unknown group, which is reported; null for one that is no
   * list, which nothing is in or out of.
   */
  readonly groupMembers: (id: string, path: string) => readonly unknown[] | null;
}

/** Compiles an operand, found at `path`, into a test of values. */
export type Operator = (operand: unknown, path: string, compiling: Compiling) => ValueTest;

/** Operators by name, the `$` included. */
export type OperatorFamily = Readonly<Record<string, Operator>>;

/** Plain values, which can be compared; a number must be one. */
export const isScalar = (value: unknown): boolean =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);

/** Whether an object has members and all their names begin with `$`. */
export function isOperatorObject(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => key.startsWith("$"));
}
