import type * as z from "zod";
import { shapeProblem } from "../core/config/shape.ts";
import { pointerOf, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { readJson } from "./read-json.ts";
import type { Refusal } from "./refusal.ts";

const smallBodyBytes = 64_000;

/**
 * Reads a body of a known shape.
 *
 * @param example what a right body looks like: the advice of every problem.
 */
export async function parseBody<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
  example: string,
  limitBytes = smallBodyBytes,
): Promise<Result<z.output<Shape>, Refusal>> {
  const body = await readJson(request, limitBytes);
  if (!body.ok) return body;
  // Before anything recursive: nesting of any depth must not overflow the stack.
  const misshapen = body.value === undefined ? null : shapeProblem(body.value);
  if (misshapen !== null) return fail({ kind: "problems", problems: [misshapen] });
  const parsed = shape.safeParse(body.value);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.slice(0, 50).map(({ path, message }) => {
    const segments = path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
    return problem(pointerOf(...segments), `${message}.`, `Write, for example, ${example}.`);
  });
  return fail({ kind: "problems", problems });
}

/** The same for a body that may be left out: nothing is as good as `{}`. */
export async function parseOptionalBody<Shape extends z.ZodType>(
  request: Request,
  shape: Shape,
  example: string,
): Promise<Result<z.output<Shape>, Refusal>> {
  const bare = request.body === null || request.headers.get("content-length") === "0";
  if (!bare) return parseBody(request, shape, example);
  const parsed = shape.safeParse({});
  return parsed.success ? ok(parsed.data) : parseBody(request, shape, example);
}
