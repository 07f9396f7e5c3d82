import type { Draft, Experience, Move, SitePolicy } from "../draft.ts";
import { type Problem, problem, warning } from "../problem.ts";
import { ofVariants } from "./each.ts";
import { matchesPath } from "./routes.ts";

/** Where variants move the page: to a path of the site, or to a host that is allowed; never to itself for ever. */
export const checkMoves = (draft: Draft): readonly Problem[] =>
  ofVariants(draft, ({ move }, path, experience) => {
    if (move === null) return [];
    return move.kind === "serve"
      ? serveProblems(move.path, `${path}/serve`)
      : redirectProblems(move, `${path}/redirect`, experience, draft.site);
  });

/** `//host` and a backslash lead browsers to another host. */
const isOwnPath = (text: string): boolean => /^\/(?![/\\])/.test(text) && !/[\\\s]/.test(text);

const serveProblems = (path: string, at: string): readonly Problem[] =>
  isOwnPath(path)
    ? []
    : [
        problem(
          at,
          `"${path.slice(0, 80)}" is no path of the origin.`,
          'Write one that begins with a single /, such as "/home-b".',
        ),
      ];

function redirectProblems(
  { location }: Extract<Move, { kind: "redirect" }>,
  at: string,
  { routes }: Experience,
  site: SitePolicy,
): readonly Problem[] {
  if (!isOwnPath(location)) return foreignProblems(location, at, site);
  const path = location.split(/[?#]/)[0] ?? "";
  const looping = routes.find((route) => matchesPath(route, path));
  if (looping === undefined) return [];
  const message = `"${location}" is on the experience's own route ${looping.path}: visitors would be sent round for ever.`;
  return [problem(at, message, "Redirect to a path outside its routes, or use `serve`.")];
}

function foreignProblems(location: string, at: string, site: SitePolicy): readonly Problem[] {
  const url = /^https?:\/\//i.test(location) ? urlOf(location) : null;
  if (url === null)
    return [
      problem(
        at,
        `"${location.slice(0, 80)}" is no place to redirect to.`,
        'Write a path such as "/summer", or an https:// URL.',
      ),
    ];
  const allowed = [...site.hosts, ...site.redirectHosts];
  if (!allowed.some((host) => covers(host, url.hostname)))
    return [
      problem(
        at,
        `Redirects to "${url.hostname}" are not allowed.`,
        `Add it to the site: redirectHosts: ["${url.hostname}"].`,
      ),
    ];
  return url.protocol === "http:"
    ? [warning(at, "The redirect leads to plain http.", "Write https:// if it works there.")]
    : [];
}

const urlOf = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

/** `*` is any host of visitors, not any host in the world. */
const covers = (host: string, name: string): boolean =>
  host !== "*" && (host === name || (host.startsWith("*.") && name.endsWith(host.slice(1))));
