import { longestDocumentBytes } from "../core/config/document.ts";
import { encodeBase64Url } from "../http/signed.ts";
import type { KeptAnswer } from "../store/replays.ts";
import type { Principal } from "./access.ts";
import type { ControlPorts } from "./ports.ts";
import { readBytes } from "./read-json.ts";
import { refuse } from "./refusal.ts";

type Ports = Pick<ControlPorts, "replays" | "digest" | "now">;

/** What one answer of a POST may have to be kept; a longer one is given once. */
const keptCharacters = 500_000;
/** Visible ASCII, quoted or not: some clients send the header as a structured string. */
const keyShape = /^[\x21-\x7e]{1,255}$/;

/**
 * Does a POST once for each `Idempotency-Key` of a caller (draft-ietf-httpapi-idempotency-key-header): whoever repeats it
 * within a day gets the first answer again; whoever asks something else with the same key gets 422. Failures of ours
 * (5xx) are not remembered, so that trying again tries again.
 *
 * @param secret the answer holds what must not be kept: a repetition is told that it has been given.
 */
export async function onceByKey(
  request: Request,
  principal: Principal,
  secret: boolean,
  ports: Ports,
  act: (request: Request) => Promise<Response>,
): Promise<Response> {
  const given = request.method === "POST" ? request.headers.get("idempotency-key") : null;
  if (given === null) return act(request);
  if (!keyShape.test(given))
    return refuse({ kind: "malformed", why: "Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID." });
  const bytes = await readBytes(request, longestDocumentBytes);
  if (bytes === null) return refuse({ kind: "too_large", limitBytes: longestDocumentBytes });
  const key = await ports.digest(JSON.stringify([principal.id, given]));
  const known = await ports.replays.begin(key, await askedHash(request, bytes, ports), ports.now());
  switch (known.kind) {
    case "mine":
      return actAndKeep(key, secret, ports, () => act(withBody(request, bytes)));
    case "under_way":
      return refuse({ kind: "under_way" });
    case "other":
      return refuse({ kind: "key_reused" });
    case "answered":
      return replayed(known.answer);
    default:
      return known satisfies never;
  }
}

/** Everything that decides what the call does: address, condition and body. */
async function askedHash({ method, url, headers }: Request, bytes: Uint8Array, { digest }: Ports): Promise<string> {
  const { pathname, search } = new URL(url);
  const body = encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const conditions = [headers.get("if-match"), headers.get("if-none-match"), headers.get("content-type")];
  return digest(JSON.stringify([method, pathname, search, ...conditions, body]));
}

const withBody = (request: Request, bytes: Uint8Array): Request =>
  new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: bytes.length === 0 ? null : bytes,
  });

async function actAndKeep(
  key: string,
  secret: boolean,
  { replays, digest }: Ports,
  act: () => Promise<Response>,
): Promise<Response> {
  let response: Response;
  try {
    response = await act();
  } catch (error) {
    await replays.forget(key);
    throw error;
  }
  const text = await response.clone().text();
  if (response.status >= 500 || text.length > keptCharacters) {
    await replays.forget(key);
    return response;
  }
  const mediaType = response.headers.get("content-type") ?? "application/json";
  const body = secret && response.ok ? null : text;
  await replays.finish(key, { status: response.status, body, bodyHash: await digest(text), mediaType });
  return response;
}

function replayed({ status, body, mediaType }: KeptAnswer): Response {
  if (body === null) return refuse({ kind: "shown_once" });
  return new Response(body, {
    status,
    headers: { "content-type": mediaType, "cache-control": "no-store", "idempotency-replayed": "true" },
  });
}
