/** What a proxy tells the origin about the visitor's connection, and how it knows that it is talking to itself. */

import { deletePresent } from "./present.ts";
import type { RequestAddress } from "./url-parts.ts";

/** Our name in `CDN-Loop` (RFC 8586). */
const loopToken = "caramel";

/** What visitors may not claim about their connection. `for`, `host` and `proto` are written anew, not only removed. */
const claims = [
  "x-forwarded-by",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-forwarded-ssl",
];

/** Whether this is a host name with an optional port and nothing else: the platform takes any `Host` header for one. */
export function isAuthority(authority: string): boolean {
  return /^(?:[0-9a-z._~-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i.test(authority);
}

/** Whether this request has been through us before. */
export function isLoop(headers: Headers): boolean {
  const loop = headers.get("cdn-loop");
  if (loop === null) return false;
  return loop.split(",").some((entry) => entry.split(";", 1)[0]?.trim().toLowerCase() === loopToken);
}

/** Says in `CDN-Loop` that the request has been through us, after whoever said so before. */
export function markPassage(headers: Headers): void {
  headers.append("cdn-loop", loopToken);
}

/**
 * Overwrites what a request says of the visitor's connection (`X-Forwarded-*`, `X-Real-IP`, RFC 7239 `Forwarded`).
 *
 * The address is Cloudflare's `cf-connecting-ip`, which visitors cannot send. Without it, as on a bare runtime, nothing
 * is said of the address rather than what the visitor claims.
 *
 * @param address whose authority has been found to be one.
 */
export function setForwarding(headers: Headers, address: RequestAddress): void {
  deletePresent(headers, claims);
  const host = address.authority;
  headers.set("x-forwarded-host", host);
  headers.set("x-forwarded-proto", address.scheme);
  const client = headers.get("cf-connecting-ip");
  if (client !== null && /^[0-9a-fA-F:.]+$/.test(client)) {
    headers.set("x-forwarded-for", client);
    headers.set("x-real-ip", client);
    headers.set("forwarded", `for=${forwardedNode(client)};host="${host}";proto=${address.scheme}`);
    return;
  }
  headers.delete("x-forwarded-for");
  headers.delete("x-real-ip");
  headers.set("forwarded", `host="${host}";proto=${address.scheme}`);
}

/** IPv6 goes in brackets and quotes (RFC 7239, 6). */
function forwardedNode(client: string): string {
  return client.includes(":") ? `"[${client}]"` : client;
}
