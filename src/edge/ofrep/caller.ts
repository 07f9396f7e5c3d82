import type { App } from "../../core/draft.ts";

/** Who asks for slot values: which application, and the origin its page is on (`null` for servers and same-origin pages). */
export interface Caller {
  readonly app: string;
  readonly kind: App["kind"];
}

/** Why a caller may not ask: no credentials or wrong ones (401), or the right key from a page that may not use it (403). */
export type Refusal = { readonly status: 401 | 403; readonly errorDetails: string };

type Apps = Readonly<Record<string, App>>;

/**
 * Finds the application that a request's `Authorization: Bearer` or `X-API-Key` names.
 *
 * A client key is public, so it is worth only what its list of origins allows; requests without an `Origin` are not a browser's
 * cross-origin ones and pass. Server tokens are compared by hash, so that the release holds no secret.
 */
export async function callerOf(headers: Headers, apps: Apps): Promise<Caller | Refusal> {
  const credential = credentialIn(headers);
  if (credential === null) {
    return { status: 401, errorDetails: "Send the application's key as `Authorization: Bearer …` or `X-API-Key: …`." };
  }
  const hash = await sha256Hex(credential);
  for (const [app, known] of Object.entries(apps)) {
    if (known.kind === "server" && known.tokenHash === hash) return { app, kind: "server" };
    if (known.kind !== "client" || known.key !== credential) continue;
    const origin = headers.get("origin");
    if (origin === null || known.origins.includes(origin)) return { app, kind: "client" };
    return {
      status: 403,
      errorDetails: `This key is not for pages on ${origin}: add it to the origins of app "${app}".`,
    };
  }
  return { status: 401, errorDetails: "No application of this site has this key." };
}

function credentialIn(headers: Headers): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ?? headers.get("x-api-key");
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a browser must be told so that a page on an allowed origin can ask and read. Empty for all others. */
export function corsHeaders(origin: string | null, apps: Apps): Readonly<Record<string, string>> {
  const isAllowed = Object.values(apps).some((app) => app.kind === "client" && app.origins.includes(origin ?? ""));
  if (origin === null || !isAllowed) return { vary: "origin" };
  return {
    vary: "origin",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "etag",
  };
}

/** The same for the question before the question (Fetch standard, CORS-preflight). */
export const preflightHeaders = {
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "authorization, content-type, if-none-match, x-api-key",
  "access-control-max-age": "600",
};
