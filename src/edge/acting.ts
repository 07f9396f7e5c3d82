import type { CompiledRoute } from "../core/compile.ts";
import type { Decision, GivenVariant, PlannedHtml } from "../core/decision.ts";
import { isHtml, readMediaType } from "../http/media-type.ts";
import type { PageMove } from "./move.ts";
import type { RenderOptions } from "./render.ts";
import type { Rendered } from "./rendered.ts";
import { isSurface } from "./surface.ts";

/** What of a decision acts on the answer that came. */
export interface Acting {
  /** What is carried out on the body and the headers. */
  readonly decision: Decision;
  readonly options: RenderOptions;
  /** Another visitor could have got another answer here, so nobody may keep this one. */
  readonly personalised: boolean;
  /** Experiences that made their difference whatever will be found in the body: the same in every arm. */
  readonly certain: ReadonlySet<string>;
  /** What search engines should call this page, where another one was served and the origin does not say it itself. */
  readonly canonical: string | null;
}

const pages: ReadonlySet<number> = new Set([200]);

/**
 * Whether the decision has anything to do with this answer. A route such as `/*` also meets images and style sheets: they go
 * out as they came, without a cookie and with the origin's own caching, unless a variant sets headers or moved the page.
 */
export const isTouched = (answer: Response, { given }: Decision, route: CompiledRoute): boolean =>
  isSurface(answer, route) || given.some(({ plan }) => plan.watchesHeaders || plan.watchesMove);

/**
 * Only pages change. Errors are the origin's own, but for experiences whose route asks for them; redirects always are, and
 * so is what we say ourselves when the origin cannot be reached.
 */
export function actingOn(
  answer: Response,
  decision: Decision,
  route: CompiledRoute,
  move: PageMove | null,
  method: string,
): Acting {
  if (answer.status === 200) {
    const canonical = move?.kind === "serve" ? canonicalFor(answer, move.canonical) : null;
    return {
      decision: canonical === null ? decision : withCanonical(decision, canonical),
      options: { method, statuses: pages },
      // Nothing may have been given to this visitor, but to the next one it may be: no cache may answer for us.
      personalised: true,
      certain: certainIn(decision.given, decision.given, method),
      canonical,
    };
  }
  const given = isErrorOfTheirs(answer)
    ? decision.given.filter(({ experience }) => asksForErrors(experience, route))
    : none;
  return {
    decision: { ...decision, given },
    options: { method, statuses: new Set([answer.status]) },
    personalised: given.length > 0 || decision.given.some(({ plan }) => plan.watchesMove),
    certain: certainIn(given, decision.given, method),
    canonical: null,
  };
}

const none: readonly GivenVariant[] = [];

const isErrorOfTheirs = ({ status, headers }: Response): boolean =>
  status >= 400 && headers.get("x-caramel")?.startsWith("bypass;") !== true;

const asksForErrors = (key: string, { candidates }: CompiledRoute): boolean =>
  candidates.some(({ experience, pattern }) => experience.key === key && pattern.errors === true);

/**
 * Where some arm sets a header or moves the page, the difference is made once there is an answer, whatever it says: an
 * arm whose page fails must not lose its visitors from the count. `HEAD` shows nobody anything.
 */
export function certainIn(
  shown: readonly GivenVariant[],
  moved: readonly GivenVariant[],
  method: string,
): ReadonlySet<string> {
  if (method === "HEAD") return nobody;
  const certain = new Set<string>();
  for (const { experience, plan } of shown) if (plan.watchesHeaders) certain.add(experience);
  for (const { experience, plan } of moved) if (plan.watchesMove) certain.add(experience);
  return certain;
}

const nobody: ReadonlySet<string> = new Set();

/** An origin that names the canonical page in a header knows best. */
function canonicalFor({ headers }: Response, canonical: string): string | null {
  if (/;\s*rel\s*=\s*"?[^";,]*\bcanonical\b/i.test(headers.get("link") ?? "")) return null;
  const type = readMediaType(headers.get("content-type"));
  return type !== null && isHtml(type) ? canonical : null;
}

/**
 * The served page may carry a `<link rel=canonical>` that names itself: two that differ count as none, so it gets the
 * same address as our header. No experience watches it: it is nobody's exposure.
 */
function withCanonical(decision: Decision, canonical: string): Decision {
  const operation: PlannedHtml = {
    selector: 'link[rel~="canonical" i]',
    action: "setAttribute",
    name: "href",
    value: () => canonical,
  };
  const given = decision.given.map(
    (each): GivenVariant =>
      each.plan.move?.kind === "serve"
        ? { ...each, plan: { ...each.plan, html: [...each.plan.html, operation] } }
        : each,
  );
  return { ...decision, given };
}

/**
 * A `HEAD` answer promises the headers that `GET` would get. Whether a selector will match is not known without the page,
 * so a page that may be changed is promised no length and no validator, as GET gives none when it is.
 */
export const asPromised = (rendered: Rendered, { decision, options }: Acting): Rendered =>
  options.method === "HEAD" && options.statuses.has(rendered.response.status) && decision.given.some(changesBytes)
    ? { ...rendered, changed: true }
    : rendered;

const changesBytes = ({ plan }: GivenVariant): boolean => plan.html.length > 0 || plan.json.length > 0;
