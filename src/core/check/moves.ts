import type { Draft, Experience, Move, RoutePattern, SitePolicy } from "../draft.ts";
import { covers, foreignUrl, isOwnPath, isServablePath, isTemplate, mayRedirectTo } from "../move.ts";
import { type Problem, problem, warning } from "../problem.ts";
import { pathShapeOf, segmentsOf } from "../route-pattern.ts";
import { at, ofVariants } from "./each.ts";
import { touchesPath } from "./routes.ts";

/** Where variants move the page: to a path of the site, or to a host that is allowed; never to itself for ever. */
export const checkMoves = (draft: Draft): readonly Problem[] => [
  ...ofVariants(draft, ({ move }, path, experience) => {
    if (move === null) return [];
    return move.kind === "serve"
      ? serveProblems(move.path, `${path}/serve`, experience)
      : redirectProblems(move, `${path}/redirect`, experience, draft.site);
  }),
  ...circles(draft),
];

function serveProblems(path: string, at: string, { routes }: Experience): readonly Problem[] {
  if (isTemplate(path)) return [templated(at)];
  if (!isServablePath(path)) {
    const advice = 'Write one that begins with a single /, such as "/home-b".';
    return [problem(at, `"${path.slice(0, 80)}" is no path of the origin.`, advice)];
  }
  if (!routes.some((route) => isThisPath(route, path))) return [];
  return [problem(at, `"${path}" is the page itself: nothing would change.`, "Serve another path of the origin.")];
}

const templated = (at: string): Problem =>
  problem(
    at,
    "A place to go can't depend on the visitor: templates are not allowed here.",
    "Write the place itself, and one variant for each place.",
  );

/** Whether the pattern matches this very path and no other. */
function isThisPath(route: RoutePattern, path: string): boolean {
  const { segments, open } = pathShapeOf(route.path);
  const asked = segmentsOf(path);
  return !open && segments.length === asked.length && segments.every((segment, index) => segment === asked[index]);
}

function redirectProblems(
  { location }: Extract<Move, { kind: "redirect" }>,
  at: string,
  { routes }: Experience,
  site: SitePolicy,
): readonly Problem[] {
  if (isTemplate(location)) return [templated(at)];
  const foreign = isOwnPath(location) ? [] : foreignProblems(location, at, site);
  const path = pathHere(location, site);
  return [...foreign, ...postProblems(routes, at), ...(path === null ? [] : loopProblems(location, path, routes, at))];
}

/** The path that a redirect leads to on the site's own hosts; `null` for one that leads elsewhere. */
function pathHere(location: string, { hosts }: SitePolicy): string | null {
  if (isOwnPath(location)) return location.split(/[?#]/)[0] ?? "";
  const url = foreignUrl(location);
  return url !== null && covers(hosts, url.hostname) ? url.pathname : null;
}

function loopProblems(location: string, path: string, routes: Experience["routes"], at: string): readonly Problem[] {
  // Their queries too: the visitor's query goes along.
  const looping = routes.find((route) => touchesPath(route, path));
  if (looping === undefined) return [];
  const message = `"${location}" is on the experience's own route ${looping.path}: visitors would be sent round for ever.`;
  return [problem(at, message, "Redirect to a path outside its routes, or use `serve`.")];
}

/** A browser follows a 302 with GET: what was sent would be lost. */
function postProblems(routes: Experience["routes"], at: string): readonly Problem[] {
  const sending = routes.find(({ methods }) => methods.some((method) => method !== "GET" && method !== "HEAD"));
  if (sending === undefined) return [];
  return [
    problem(
      at,
      `The route ${sending.path} takes ${sending.methods.join(", ")}: a redirect loses what was sent.`,
      "Keep the experience to methods: [GET, HEAD], or use `serve`.",
    ),
  ];
}

function foreignProblems(location: string, at: string, site: SitePolicy): readonly Problem[] {
  const url = foreignUrl(location);
  if (url === null)
    return [
      problem(
        at,
        `"${location.slice(0, 80)}" is no place to redirect to.`,
        'Write a path such as "/summer", or an https:// URL.',
      ),
    ];
  if (!mayRedirectTo(site, url.hostname))
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

/** Experiences that redirect to one another's pages: a visitor who is in both goes round for ever. */
function circles(draft: Draft): readonly Problem[] {
  const redirecting = Object.entries(draft.experiences).filter(
    ([, { enabled, variants }]) => enabled && variants.some(({ move }) => move?.kind === "redirect"),
  );
  const leadsTo = (from: Experience, to: Experience): boolean =>
    from.variants.some(({ move }) => {
      const path = move?.kind === "redirect" ? pathHere(move.location, draft.site) : null;
      return path !== null && to.routes.some((route) => touchesPath(route, path));
    });
  return redirecting.flatMap(([key, one], index) =>
    redirecting
      .slice(index + 1)
      .filter(([, other]) => !excludeOneAnother(one, other) && leadsTo(one, other) && leadsTo(other, one))
      .map(([otherKey]) =>
        warning(
          at("experiences", otherKey),
          `"${key}" and "${otherKey}" redirect to one another's pages: a visitor of both goes round for ever.`,
          "Put both into one layer, or see to it that their audiences exclude one another.",
        ),
      ),
  );
}

const excludeOneAnother = (one: Experience, other: Experience): boolean =>
  one.layer !== null && one.layer.key === other.layer?.key;
