/** Reads a `Cookie` header. Of two cookies with one name the first counts, as browsers send the nearest path first. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, Math.max(at, 0)).trim();
    if (name !== "" && !cookies.has(name)) cookies.set(name, decoded(pair.slice(at + 1).trim()));
  }
  return cookies;
}

/** A `Set-Cookie` value for the whole shop that ends with the browser's session. */
export function sessionCookie(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Lax`;
}

/** A `Set-Cookie` value that lasts. It says `Expires`, whose date has a comma: a proxy that joins cookies breaks it. */
export function lastingCookie(name: string, value: string, expiresMs: number): string {
  return `${sessionCookie(name, value)}; Expires=${new Date(expiresMs).toUTCString()}`;
}

/** A `Set-Cookie` value that removes a cookie. */
export function removedCookie(name: string): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
