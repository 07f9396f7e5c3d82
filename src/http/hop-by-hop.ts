/**
 * Headers that are meant for one connection only (RFC 9110, 7.6.1), which a proxy takes off in both directions.
 *
 * The platform writes `connection`, `keep-alive`, `te`, `trailer`, `transfer-encoding` and `upgrade` itself and takes off
 * what came in. What it lets through, and what a `Connection` header names besides, is taken off here.
 */

import { deletePresent } from "./present.ts";

/** Connection headers that the platform passes on when a visitor sends them. */
const strayRequestHeaders = ["proxy-connection", "proxy-authorization", "http2-settings", "expect"];

/** Names that frame the message: a `Connection` header that nominates them is an attack or a mistake. */
const framing = new Set(["content-length", "content-encoding", "content-type", "host", "transfer-encoding"]);

/** Tokens of `Connection` that are about the connection and name no header. */
const notHeaders = new Set(["", "close", "keep-alive"]);

/**
 * The header names that a `Connection` header's value nominates, in lower case; never one that frames the message, nor
 * one of Cloudflare's, by which a visitor could hide their address.
 */
export function nominatedBy(connection: string): string[] {
  return connection
    .split(",")
    .map((token) => token.trim().toLowerCase())
    .filter((name) => !notHeaders.has(name) && !framing.has(name) && !name.startsWith("cf-"))
    .filter((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name));
}

/**
 * Takes connection headers off a request's own copy of its headers. A WebSocket's upgrade stays.
 *
 * `expect` goes too: the platform has answered `100-continue` already, and an origin's own `100 Continue` would be taken
 * for its answer.
 */
export function stripRequestHops(headers: Headers): void {
  deletePresent(headers, strayRequestHeaders);
  const connection = headers.get("connection");
  if (connection === null) return;
  const keepsUpgrade = headers.get("upgrade")?.toLowerCase() === "websocket";
  for (const name of nominatedBy(connection)) {
    if (!(keepsUpgrade && name === "upgrade")) headers.delete(name);
  }
}

/** Connection headers that the platform passes on when an origin sends them. */
const strayResponseHeaders = ["proxy-authenticate", "proxy-connection"];

/** The names of headers to take off a response, in lower case; empty for nearly every one, which then needs no copy. */
export function responseHops(headers: Headers): string[] {
  const connection = headers.get("connection");
  const nominated = connection === null ? [] : nominatedBy(connection);
  return [...nominated, ...strayResponseHeaders.filter((name) => headers.has(name))];
}
