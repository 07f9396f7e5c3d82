import { decisionsHeader } from "../core/header-rules.ts";
import { askForFullPage } from "../http/conditional.ts";
import { isAuthority, isLoop, markPassage, setForwarding } from "../http/forwarding.ts";
import { responseHops, stripRequestHops } from "../http/hop-by-hop.ts";
import { isPrivateOrigin } from "../http/private-address.ts";
import { type ProxyFailure, proxyFailure } from "../http/problem-response.ts";
import { addressOf, type RequestAddress } from "../http/url-parts.ts";
import { fetchInTime } from "./origin-deadline.ts";

/** Where a request goes, and what is asked for there. */
export interface OriginTarget {
  /** `scheme://host[:port]`, no path. */
  readonly origin: string;
  /** How long the origin may take for its headers, counted from the last byte of the request. */
  readonly timeoutMs: number;
  /** Loopback and private addresses are allowed as origins: for development and tests only. */
  readonly allowPrivate: boolean;
  /** Another path of the origin, served under the visitor's URL with the visitor's query; `null` for the one asked for. */
  readonly path: string | null;
  /** The answer may be rewritten: ask for all of it, not for a range or for nothing if it is unchanged. */
  readonly fullPage: boolean;
  /** Request headers of ours. They replace the visitor's of the same name. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The website behind us. Neither function throws: what went wrong comes back as a response to show the visitor. */
export interface Origin {
  /** Asks the site's origin, exactly once. */
  send(request: Request, target: OriginTarget): Promise<Response>;
  /** Lets the request go where it was going, for hosts that belong to no site. */
  pass(request: Request): Promise<Response>;
}

export interface OriginParts {
  /** Told of each failure, for the log. */
  readonly onFailure?: (failure: ProxyFailure, url: string) => void;
}

/**
 * Makes the door to the origin. A request goes out once, never again and never to where a redirect points; bodies stream
 * both ways without a buffer or a JavaScript stream in between, so the visitor's abort ends the origin's work, and a body
 * the origin broke off breaks off for the visitor.
 */
export function createOrigin({ onFailure }: OriginParts = {}): Origin {
  // Origins come from releases: a handful, judged once.
  const judged = new Map<string, boolean>();
  const isRefused = (origin: string): boolean => {
    const known = judged.get(origin);
    if (known !== undefined) return known;
    const refused = isPrivateOrigin(origin);
    judged.set(origin, refused);
    return refused;
  };
  const failed = (failure: ProxyFailure, request: Request): Response => {
    onFailure?.(failure, request.url);
    return proxyFailure(failure, request);
  };
  return {
    async send(request, target) {
      if (isLoop(request.headers)) return failed("loop", request);
      if (!target.allowPrivate && isRefused(target.origin)) return failed("origin_refused", request);
      const address = addressOf(request.url);
      // The platform joins any Host header with the target: with `Host: a/b` the path would be half somebody's invention.
      if (!isAuthority(request.headers.get("host") ?? address.authority)) return failed("host_invalid", request);
      const onward = originRequest(request, target, address);
      if (onward === null) return failed("origin_refused", request);
      const answer = await fetchInTime(onward, target.timeoutMs);
      if (typeof answer === "string") return failed(answer, request);
      return withoutHops(answer) ?? failed("origin_invalid", request);
    },
    async pass(request) {
      if (isLoop(request.headers)) return failed("loop", request);
      const onward = new Request(request);
      markPassage(onward.headers);
      if (onward.headers.has(decisionsHeader)) onward.headers.delete(decisionsHeader);
      try {
        return await fetch(onward);
      } catch {
        return failed("origin_unreachable", request);
      }
    },
  };
}

/** The visitor's request as the origin gets it: same method, target and body, with connection headers rewritten. */
function originRequest(request: Request, target: OriginTarget, address: RequestAddress): Request | null {
  const onward = readdressed(request, originUrl(target, address));
  if (onward === null) return null;
  const { headers } = onward;
  stripRequestHops(headers);
  setForwarding(headers, address);
  markPassage(headers);
  if (headers.has(decisionsHeader)) headers.delete(decisionsHeader);
  if (target.fullPage && (request.method === "GET" || request.method === "HEAD")) askForFullPage(headers);
  for (const [name, value] of target.headers) headers.set(name, value);
  return onward;
}

/**
 * The request with another URL; `null` if that is none. The platform parses a new URL, and resolves its dot segments, but
 * keeps a request's own as it came: where site and origin have the same address, as on a Route, every path stays.
 */
function readdressed(request: Request, url: string): Request | null {
  if (url === request.url) return new Request(request);
  try {
    return new Request(url, request);
  } catch {
    return null;
  }
}

/** Joined, not resolved: `new URL("//evil.example/x", origin)` is another host. */
function originUrl({ origin, path }: OriginTarget, address: RequestAddress): string {
  if (path === null) return origin + address.target;
  const query = address.target.indexOf("?");
  if (query === -1) return origin + path;
  const joint = path.includes("?") ? "&" : "?";
  return origin + path + joint + address.target.slice(query + 1);
}

/** The response without its connection headers; `null` for one that nobody could be sent. */
function withoutHops(response: Response): Response | null {
  if (response.status === 101) return response.webSocket === null ? null : response;
  const hops = responseHops(response.headers);
  // A status outside this range can be passed on but not made: connection headers then stay.
  if (hops.length === 0 || response.status < 200 || response.status > 599) return response;
  const cleaned = new Response(response.body, response);
  for (const name of hops) cleaned.headers.delete(name);
  return cleaned;
}
