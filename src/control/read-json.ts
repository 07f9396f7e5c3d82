import { fail, ok, type Result } from "../core/result.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Reads a JSON body, at most `limitBytes` of it: what is longer is refused as soon as that is known, and never kept.
 *
 * @returns the parsed value, `undefined` for an empty body, or why it was refused.
 */
export async function readJson(request: Request, limitBytes: number): Promise<Result<unknown, Refusal>> {
  const type = request.headers.get("content-type");
  const bytes = await readBytes(request, limitBytes);
  if (bytes === null) return fail({ kind: "too_large", limitBytes });
  if (bytes.length === 0) return ok(undefined);
  if (!isJson(type)) return fail({ kind: "media_type", got: type?.slice(0, 100) ?? "nothing" });
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)));
  } catch (error) {
    const why =
      error instanceof SyntaxError ? `The body is no JSON: ${error.message.slice(0, 200)}.` : "The body is no UTF-8.";
    return fail({ kind: "malformed", why });
  }
}

const isJson = (type: string | null): boolean => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type ?? "");

/** At most `limitBytes` of a body; `null` when there are more. */
export async function readBytes({ headers, body }: Request, limitBytes: number): Promise<Uint8Array | null> {
  if (Number(headers.get("content-length") ?? 0) > limitBytes) return null;
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    length += chunk.length;
    if (length > limitBytes) return null;
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
