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

/** How lists are read a page at a time. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).optional().describe("How many at most; 100 by default."),
  cursor: z.string().optional().describe("`next` of the page before."),
};

/** One page of a list: `next` leads to the following one, null: this was the last. */
export const pageOfMany = <Name extends string, Item extends z.ZodType>(name: Name, item: Item) =>
  z.object({ [name]: z.array(item), next: z.string().nullable() });

export const timeMs = z.int().describe("Milliseconds since 1970.");
export const releaseId = z.string().describe("A release: `r_` and twenty hexadecimal digits, a hash of its content.");
export const siteKey = z.string();
