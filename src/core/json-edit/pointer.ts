import { fail, ok, type Result } from "../result.ts";

/** A JSON pointer in segments, unescaped. `*` as a whole segment stands for every member. */
export type PointerPath = readonly string[];

/** Stands for every member of an object or array. */
export const everyMember = "*";

/** Reads a JSON pointer (RFC 6901), in which `*` may stand for every member. Fails with what is wrong with it. */
export function parsePointer(pointer: string): Result<PointerPath, string> {
  if (pointer === "") return ok([]);
  if (!pointer.startsWith("/")) return fail("a JSON pointer is empty or begins with /");
  if (/~(?![01])/.test(pointer)) return fail("in a JSON pointer ~ is written ~0 and / inside a name ~1");
  return ok(
    pointer
      .slice(1)
      .split("/")
      .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~")),
  );
}
