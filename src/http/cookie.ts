/**
 * The values of every cookie of this name in a `Cookie` header, in order. More than one is possible: another path or domain
 * may have set the same name (RFC 6265, section 5.4), and then nobody can tell which is right.
 */
export function cookieValues(header: string, name: string): readonly string[] {
  // Most headers do not name it at all.
  if (!header.includes(name)) return [];
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim());
  }
  return values;
}

export interface CookieAttributes {
  readonly domain: string | null;
  readonly maxAgeSeconds: number;
  /** False only on plain http, where a browser would refuse it. */
  readonly secure: boolean;
}

/** A `Set-Cookie` value: HttpOnly, for the whole site, sent on top-level navigation from elsewhere (RFC 6265bis). */
export function setCookie(name: string, value: string, { domain, maxAgeSeconds, secure }: CookieAttributes): string {
  const parts = [`${name}=${value}`, "Path=/", `Max-Age=${maxAgeSeconds}`, "HttpOnly", "SameSite=Lax"];
  if (domain !== null) parts.push(`Domain=${domain}`);
  if (secure) parts.push("Secure");
  return parts.join("; ");
}
