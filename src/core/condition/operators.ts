import type { Operator } from "./operator.ts";
import { array } from "./operators/array.ts";
import { equality } from "./operators/equality.ts";
import { existence } from "./operators/existence.ts";
import { membership } from "./operators/membership.ts";
import { negation } from "./operators/negation.ts";
import { order } from "./operators/order.ts";
import { text } from "./operators/text.ts";
import { version } from "./operators/version.ts";

/** Every operator that may stand beside a fact. A new one is a file in `operators/` and a word here. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [equality, order, text, version, membership, array, existence, negation].flatMap(Object.entries<Operator>),
);
