import type { JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { textWithin } from "../http/body.ts";
import { readMediaType } from "../http/media-type.ts";
import { intakeLimits } from "./limits.ts";
import type { Refusal } from "./refusal.ts";

/** Beacons can send text only without a question beforehand, so JSON is read from it too. */
const mediaTypes: ReadonlySet<string> = new Set(["application/json", "text/plain"]);

/** Reads a body that must be a JSON object with no other members than these. */
export async function jsonBody(request: Request, members: readonly string[]): Promise<Result<JsonObject, Refusal>> {
  const coding = request.headers.get("content-encoding");
  if (coding !== null && coding.toLowerCase() !== "identity") return fail({ kind: "coded_body" });
  const type = readMediaType(request.headers.get("content-type"));
  if (type === null || !mediaTypes.has(type.essence)) return fail({ kind: "media_type" });
  const text = await textWithin(request, intakeLimits.bodyBytes);
  if (text === null) return fail({ kind: "too_large" });
  const value = parsed(text);
  const example = `{${members.map((member) => `"${member}": …`).join(", ")}}`;
  if (!isObject(value)) return fail({ kind: "malformed", why: `The body must be a JSON object: ${example}.` });
  const isKnown = Object.keys(value).every((member) => members.includes(member));
  return isKnown ? ok(value) : fail({ kind: "malformed", why: `The body has these members only: ${example}.` });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
