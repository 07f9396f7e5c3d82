import * as z from "zod";

/** A path of the site for a link to lead to: `//` and a backslash lead browsers to another host. */
export const ownPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\\\s]*$/, { error: "`to` is a path of the site that begins with one /" });
