import type { HtmlAction, HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem, warning } from "../problem.ts";
import type { Landing } from "../template.ts";
import { addClass } from "./add-class.ts";
import { after } from "./after.ts";
import { append } from "./append.ts";
import { before } from "./before.ts";
import type { HtmlOperationKind } from "./operation.ts";
import { prepend } from "./prepend.ts";
import { remove } from "./remove.ts";
import { removeAttribute } from "./remove-attribute.ts";
import { removeClass } from "./remove-class.ts";
import { replace } from "./replace.ts";
import { setAttribute } from "./set-attribute.ts";
import { setHtml } from "./set-html.ts";
import { setStyle } from "./set-style.ts";
import { setText } from "./set-text.ts";

/** Every action on HTML. A new one is its file, its line here and in `HtmlAction`, and its test. */
export const htmlOperations: Readonly<Record<HtmlAction, HtmlOperationKind>> = {
  setText,
  setHtml,
  setAttribute,
  removeAttribute,
  addClass,
  removeClass,
  setStyle,
  prepend,
  append,
  before,
  after,
  replace,
  remove,
};

/** Where an operation's value lands: compile its template for this. */
export const landingOfHtml = (operation: Pick<HtmlOperation, "action" | "name">): Landing =>
  htmlOperations[operation.action].landing(operation.name);

/**
 * What is wrong with an authored operation, its selector and the syntax of its template excepted.
 *
 * @param path a JSON pointer to the operation; problems point at its `name`, `value` or `selector`.
 */
export function problemsOfHtml(operation: HtmlOperation, path: string): readonly Problem[] {
  const kind = htmlOperations[operation.action];
  const problems: Problem[] = [];
  if (kind.name !== null && (operation.name ?? "") === "") problems.push(missing(operation, path, "name", kind.name));
  if (kind.name === null && operation.name !== null) problems.push(idle(operation, path, "name"));
  if (kind.value === "required" && operation.value === null) problems.push(missing(operation, path, "value", "value"));
  if (kind.value === "none" && operation.value !== null) problems.push(idle(operation, path, "value"));
  return problems.some(({ severity }) => severity === "error")
    ? problems
    : [...problems, ...kind.problems(operation, path)];
}

const missing = ({ action }: HtmlOperation, path: string, field: string, what: string): Problem =>
  problem(`${path}${pointerOf(field)}`, `${action} has no ${field}.`, `Add "${field}" with the ${what} to use.`);

const idle = ({ action }: HtmlOperation, path: string, field: string): Problem =>
  warning(`${path}${pointerOf(field)}`, `${action} does not use a ${field}.`, `Take "${field}" out.`);
