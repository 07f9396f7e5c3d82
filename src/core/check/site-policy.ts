import type { SitePolicy } from "../draft.ts";
import { type Problem, problem } from "../problem.ts";
import { at } from "./each.ts";

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const hostShape = new RegExp(`^(\\*\\.)?(${label}\\.)*${label}$`);

/** Hosts that a browser could send, and an origin that can be fetched. */
export const checkSitePolicy = ({ hosts, origin, redirectHosts, cookie }: SitePolicy): readonly Problem[] => [
  ...(hosts.length === 0
    ? [problem("/hosts", "The site answers on no host.", 'Write the host names, or "*" for any.')]
    : []),
  ...hosts.flatMap((host, index) => hostProblems(host, at("hosts", index))),
  ...hosts.flatMap((host, index) =>
    hosts.indexOf(host) < index ? [problem(at("hosts", index), `"${host}" is written twice.`, "Keep one.")] : [],
  ),
  ...redirectHosts.flatMap((host, index) => hostProblems(host, at("redirectHosts", index))),
  ...(cookie.domain === null ? [] : cookieDomainProblems(cookie.domain, hosts)),
  ...originProblems(origin),
];

function hostProblems(host: string, path: string): readonly Problem[] {
  if (host === "*" || (hostShape.test(host) && host.length <= 253)) return [];
  return [problem(path, `"${host.slice(0, 80)}" is no host name.`, hostAdvice(host))];
}

/** What is left when scheme, path and port are taken away, and other scripts written as browsers send them. */
function hostAdvice(host: string): string {
  const wildcard = host.startsWith("*.") ? "*." : "";
  const bare = hostOf(host.slice(wildcard.length).replace(/^[a-z]+:\/\//, ""));
  const usable = bare !== null && hostShape.test(bare);
  return usable ? `Write "${wildcard}${bare}": the name alone.` : 'Write a name such as "books.example", or "*".';
}

const hostOf = (text: string): string | null => {
  try {
    return new URL(`http://${text}`).hostname;
  } catch {
    return null;
  }
};

/** A browser drops a cookie for a domain that the page is not in, and every visitor would stay new. */
function cookieDomainProblems(domain: string, hosts: readonly string[]): readonly Problem[] {
  const bare = domain.replace(/^\./, "").toLowerCase();
  const outside = hosts.find((host) => host !== "*" && host !== bare && !host.endsWith(`.${bare}`));
  if (outside === undefined && hostShape.test(bare)) return [];
  const message = outside === undefined ? `"${domain}" is no domain.` : `"${outside}" is not within "${domain}".`;
  return [problem("/cookie/domain", message, "Write a domain that all hosts share, or take it out.")];
}

function originProblems(origin: string): readonly Problem[] {
  const advice = 'Write scheme, host and optional port, such as "https://origin.books.example".';
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return [problem("/origin", `"${origin.slice(0, 80)}" is no URL.`, advice)];
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return [problem("/origin", `The origin can't be reached by "${url.protocol}".`, advice)];
  if (url.username !== "" || url.password !== "")
    return [problem("/origin", "The origin must not carry a password.", `Write "${url.protocol}//${url.host}".`)];
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return [problem("/origin", "The origin must have no path.", `Write "${url.origin}".`)];
  return [];
}
