import type { UserId } from "../core/ids.ts";
import { sensitiveIn } from "../core/sensitive.ts";
import { intakeLimits } from "./limits.ts";

/** Printable, of one line, and nothing that SQLite can't hold. */
const userShape = new RegExp(`^[^\\p{C}\\p{Z}]{1,${intakeLimits.userCharacters}}$`, "u");

/** Whether `value` may be a site's name for an account. Addresses and card numbers may not: an id of the site's own is asked for. */
export const isUserId = (value: unknown): value is UserId =>
  typeof value === "string" && userShape.test(value) && sensitiveIn(value) === null;
