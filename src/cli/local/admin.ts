import * as z from "zod";
import { fail, ok, type Result } from "../../core/result.ts";
import type { LocalAccess } from "./data.ts";

const Refusal = z.object({
  title: z.string().default("Refused"),
  detail: z.string().default(""),
  problems: z
    .array(
      z.object({ path: z.string(), message: z.string(), advice: z.string(), severity: z.enum(["error", "warning"]) }),
    )
    .default([]),
});

/** Why the admin API said no: RFC 9457 problem+json with the mistakes found, if any. */
export type Refusal = z.infer<typeof Refusal>;

/** One call of the admin API. `path` follows `/_caramel/api/v1`; the answer is its JSON. */
export type Admin = (method: "GET" | "PUT" | "POST", path: string, body?: unknown) => Promise<Result<unknown, Refusal>>;

const callDeadlineMs = 30_000;

/** The admin API of a local Worker. Rejects only when the Worker cannot be reached. */
export function adminOf({ url, token }: LocalAccess): Admin {
  return async (method, path, body) => {
    const response = await fetch(`${url}/_caramel/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(callDeadlineMs),
    });
    const text = await response.text();
    return response.ok ? ok(jsonOrNull(text)) : fail(refusalFrom(response.status, text));
  };
}

function refusalFrom(status: number, text: string): Refusal {
  const parsed = Refusal.safeParse(jsonOrNull(text));
  return parsed.success
    ? parsed.data
    : { title: `The Worker answered ${status}`, detail: text.slice(0, 500), problems: [] };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
