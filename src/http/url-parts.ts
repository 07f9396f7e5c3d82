/** The parts of a request's URL that routing needs. */
export interface UrlParts {
  /** Lower case, without port. */
  readonly host: string;
  /** As sent, still percent-encoded; at least `/`. */
  readonly path: string;
  /** From the `?` on; empty without one. */
  readonly search: string;
}

/**
 * Takes an absolute http(s) URL apart by looking for its separators: `new URL` costs as much as all the rest of routing.
 * The runtime has already normalised the URL, so nothing is left to decode.
 */
export function urlParts(url: string): UrlParts {
  const hostFrom = url.indexOf("//") + 2;
  let pathFrom = url.indexOf("/", hostFrom);
  const queryFrom = url.indexOf("?", hostFrom);
  if (pathFrom === -1 || (queryFrom !== -1 && queryFrom < pathFrom))
    pathFrom = queryFrom === -1 ? url.length : queryFrom;
  const path = url.slice(pathFrom, queryFrom === -1 ? url.length : queryFrom);
  return {
    host: withoutPort(url.slice(hostFrom, pathFrom)).toLowerCase(),
    path: path === "" ? "/" : path,
    search: queryFrom === -1 ? "" : url.slice(queryFrom),
  };
}

/** `books.example:8787` and `[::1]:8787` without their ports. */
function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(":");
  return colon === -1 || authority.endsWith("]") ? authority : authority.slice(0, colon);
}
