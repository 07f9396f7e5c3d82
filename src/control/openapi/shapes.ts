import * as z from "zod";

/** What answers have in common. */
export const problemEntry = z.object({
  path: z.string().describe("Where: a JSON pointer."),
  message: z.string().describe("What."),
  advice: z.string().describe("What to write instead."),
  severity: z.enum(["error", "warning"]),
});

/** RFC 9457. */
export const problemSchema = z.looseObject({
  type: z.string().optional(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  problems: z.array(problemEntry).optional().describe("Each mistake of a body or a configuration."),
});

export const timeMs = z.int().describe("Milliseconds since 1970.");
export const releaseId = z.string().describe("A release: `r_` and twenty hexadecimal digits, a hash of its content.");
export const siteKey = z.string();
