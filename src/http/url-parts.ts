/** A request URL in its three parts, as sent: `https`, `books.example:8443`, `//a/%2F?`. */
export interface RequestAddress {
  readonly scheme: string;
  readonly authority: string;
  /** Path and query, starting with `/`. */
  readonly target: string;
}

/**
 * Cuts a request's URL by its separators, without parsing it: `new URL` costs as much as all the rest of routing, and would
 * put `/a/../b` in order. A request's URL is as it came off the wire (workerd only percent-encodes what is not ASCII): dot
 * segments, double slashes and escapes are all still there.
 *
 * @param url absolute, as `Request.url` gives it.
 */
export function addressOf(url: string): RequestAddress {
  const start = url.indexOf("://") + 3;
  const query = url.indexOf("?", start);
  const slash = url.indexOf("/", start);
  const scheme = url.slice(0, start - 3);
  if (slash !== -1 && (query === -1 || slash < query)) {
    return { scheme, authority: url.slice(start, slash), target: url.slice(slash) };
  }
  if (query === -1) return { scheme, authority: url.slice(start), target: "/" };
  return { scheme, authority: url.slice(start, query), target: `/${url.slice(query)}` };
}

/** The parts of a request's URL that routing needs. */
export interface UrlParts {
  /** Lower case, without port. */
  readonly host: string;
  /** As sent, still percent-encoded; at least `/`. */
  readonly path: string;
  /** From the `?` on; empty without one. */
  readonly search: string;
}

/** The same, as routing needs it: a path is matched as it was sent, not as it would be resolved. */
export function urlParts(url: string): UrlParts {
  const { authority, target } = addressOf(url);
  const query = target.indexOf("?");
  return {
    host: withoutPort(authority).toLowerCase(),
    path: query === -1 ? target : target.slice(0, query),
    search: query === -1 ? "" : target.slice(query),
  };
}

/** `books.example:8787` and `[::1]:8787` without their ports. */
function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(":");
  return colon === -1 || authority.endsWith("]") ? authority : authority.slice(0, colon);
}
