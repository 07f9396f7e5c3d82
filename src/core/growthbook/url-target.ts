import { compilePattern } from "../condition/regex/pattern.ts";
import type { UrlTarget } from "./payload.ts";

/** Whether a page is targeted: by some pattern that includes, where there is one, and by none that excludes. */
export function isUrlTargeted(url: string, targets: readonly UrlTarget[]): boolean {
  if (targets.length === 0) return false;
  const including = targets.filter(({ include }) => include);
  if (targets.some((target) => !target.include && fits(url, target))) return false;
  return including.length === 0 || including.some((target) => fits(url, target));
}

function fits(url: string, { type, pattern }: UrlTarget): boolean {
  const parsed = urlOf(url, "https://_");
  if (parsed === null) return false;
  if (type === "regex") return findsIn(pattern, [parsed.href, parsed.href.slice(parsed.origin.length)]);
  return type === "simple" && (partsOf(pattern)?.every((part) => partFits(part, parsed)) ?? false);
}

/** One part of a simple pattern: which part of the URL, and the regular expression that it must match, case ignored. */
export interface UrlPart {
  readonly part: "host" | "path" | "hash" | "query";
  /** The parameter of a `query` part. */
  readonly name: string;
  /** As GrowthBook writes it, `*` for any text; a path without its outer slashes. */
  readonly literal: string;
  readonly regex: string;
}

/**
 * Takes a simple pattern apart, such as `/books/*`, `*.example.com/sale?color=blue` or `https://example.com/`.
 *
 * @returns `null` for one that is no URL.
 */
export function partsOf(pattern: string): readonly UrlPart[] | null {
  // `*` is no part of a host name, hence this word for it.
  const expected = urlOf(pattern.replace(/^([^:/?]*)\./i, "https://$1.").replaceAll("*", "_____"), "https://_____");
  if (expected === null) return null;
  const parts = [part("host", expected.host), part("path", expected.pathname)];
  if (expected.hash !== "") parts.push(part("hash", expected.hash));
  for (const [name, value] of expected.searchParams) parts.push(part("query", value, name));
  return parts;
}

function part(kind: UrlPart["part"], written: string, name = ""): UrlPart {
  const escaped = (text: string) => text.replace(/[*.+?^${}()|[\]\\]/g, "\\$&").replaceAll("_____", ".*");
  const literal = kind === "path" ? written.replace(/(^\/|\/$)/g, "") : written;
  const regex = kind === "path" ? `\\/?${escaped(literal)}\\/?` : escaped(literal);
  return { part: kind, name, literal: literal.replaceAll("_____", "*"), regex: `^${regex}$` };
}

function partFits({ part: kind, name, regex }: UrlPart, url: URL): boolean {
  const actual = { host: url.host, path: url.pathname, hash: url.hash, query: url.searchParams.get(name) ?? "" }[kind];
  const pattern = compilePattern(regex, true);
  return pattern.ok && pattern.value.answer(actual) === true;
}

/** Whether a regular expression is found in one of the texts; false for one that is malformed or can't be linear. */
export function findsIn(source: string, texts: readonly string[]): boolean {
  const pattern = compilePattern(source, false);
  return pattern.ok && texts.some((text) => pattern.value.answer(text) === true);
}

function urlOf(url: string, base: string): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
}
