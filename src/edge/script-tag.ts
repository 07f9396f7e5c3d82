/** What a page's `Content-Security-Policy` and `Integrity-Policy` say is known only from its headers. */
export interface ScriptTagOptions {
  /** The page's own origin, `https://books.example`: sources that name it are then understood. */
  readonly origin?: string;
  /** `sha384-…` of the script: pages whose `Integrity-Policy` asks for it take no script without. */
  readonly integrity?: string;
  /** What the script is told in its attribute `data-app`. */
  readonly app?: string;
}

/**
 * The element that loads a script of ours on a page, or `null` where the page's policy forbids it: then none is inserted,
 * and the policy is never touched.
 *
 * The policy's nonce is reused for this element only. Several policies must all be met, so where they name different
 * nonces there is no element. A policy in a `<meta>` is not seen here, and binds only what comes behind it.
 * Our script has to be an ordinary one: it makes no further scripts (`strict-dynamic` gives it that right, and it does not
 * use it) and assigns no strings to sinks that Trusted Types guard.
 *
 * Use: with the origin's response headers, before rendering; put the element into `head` as HTML, as it is. The integrity is
 * written only where the page asks for it: while a deployment goes round, the text may be another one for a moment.
 *
 * @param src a path of the site, such as `/_caramel/client.js`.
 */
export function scriptTag(headers: Headers, src: string, options: ScriptTagOptions = {}): string | null {
  if (!/^\/(?!\/)[\w./?=&~-]*$/.test(src)) return null;
  if (needsIntegrity(headers) && options.integrity === undefined) return null;
  const policies = policiesIn(headers.get("content-security-policy"));
  const nonce = nonceFor(policies, options.origin ?? null);
  if (nonce === null) return null;
  const attributes = [
    `src="${src.replaceAll("&", "&amp;")}"`,
    ...(nonce === "" ? [] : [`nonce="${nonce}"`]),
    ...(needsIntegrity(headers) && isIntegrity(options.integrity) ? [`integrity="${options.integrity}"`] : []),
    ...(options.app === undefined ? [] : [`data-app='${quoted(options.app)}'`]),
    "defer",
  ];
  return `<script ${attributes.join(" ")}></script>`;
}

const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("'", "&#39;");

const isIntegrity = (text: string | undefined): text is string =>
  /^sha(?:256|384|512)-[A-Za-z0-9+/]+={0,2}$/.test(text ?? "");

/** `Integrity-Policy: blocked-destinations=(script)`, and the older `require-sri-for script`. */
const needsIntegrity = (headers: Headers): boolean =>
  /blocked-destinations=\([^)]*\bscript\b/i.test(headers.get("integrity-policy") ?? "") ||
  /\brequire-sri-for\b[^;,]*\bscript\b/i.test(headers.get("content-security-policy") ?? "");

/** What one policy says of script elements; `null` for a policy that says nothing. */
type Sources = readonly string[] | null;

/** Several headers, or several policies in one, are joined by commas: each stands for itself. */
const policiesIn = (header: string | null): readonly Sources[] =>
  header === null ? [] : header.split(",").map((policy) => sourcesIn(policy));

/** The most specific directive decides (CSP 3, 6.8.4); of two of one name the first. */
function sourcesIn(policy: string): Sources {
  const directives = new Map<string, readonly string[]>();
  for (const directive of policy.split(";")) {
    const [name = "", ...sources] = directive.trim().split(/\s+/);
    const lower = name.toLowerCase();
    if (!directives.has(lower)) directives.set(lower, sources);
  }
  const sandbox = directives.get("sandbox");
  if (sandbox !== undefined && !sandbox.some((word) => word.toLowerCase() === "allow-scripts")) return ["'none'"];
  return directives.get("script-src-elem") ?? directives.get("script-src") ?? directives.get("default-src") ?? null;
}

/** The nonce that satisfies every policy, `""` when none is needed, `null` when nothing does. */
function nonceFor(policies: readonly Sources[], origin: string | null): string | null {
  const strict = policies.filter((sources) => sources !== null).filter((sources) => !allowsBySource(sources, origin));
  if (strict.length === 0) return "";
  const [first = [], ...others] = strict.map(noncesIn);
  return first.find((nonce) => others.every((nonces) => nonces.includes(nonce))) ?? null;
}

const noncesIn = (sources: readonly string[]): readonly string[] =>
  sources.flatMap((source) => /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i.exec(source)?.[1] ?? []);

/** Whether a script of the site's own host is allowed by where it comes from. `strict-dynamic` turns such sources off. */
function allowsBySource(sources: readonly string[], origin: string | null): boolean {
  const lower = sources.map((source) => source.toLowerCase());
  if (lower.includes("'strict-dynamic'")) return false;
  return lower.some((source) => source === "'self'" || source === "*" || isOwnSource(source, origin));
}

/** A scheme, or the page's own host without a path: with one it may mean other scripts only. */
function isOwnSource(source: string, origin: string | null): boolean {
  if (origin === null) return false;
  const [scheme = "", host = ""] = origin.toLowerCase().split("://");
  return source === `${scheme}:` || source === host || source === `${scheme}://${host}`;
}
