/**
 * What every page of the control plane is told to browsers: nothing inline, nothing from elsewhere, in nobody's frame.
 * `same-origin` as referrer policy: with `no-referrer` browsers would call the origin of our own forms `null`.
 */
const pageHeaders: readonly (readonly [string, string])[] = [
  [
    "content-security-policy",
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"],
  ["x-robots-tag", "noindex"],
];

/** What every answer of the control plane is told, JSON too: no other site may read, embed or guess at it. */
const everyHeader: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["cross-origin-resource-policy", "same-origin"],
];

/** For a year, never over plain http. Browsers ignore it on an answer that came by that. */
const httpsOnly = "max-age=31536000";

/**
 * Adds them to an answer that is about to go out.
 *
 * @param isOwnHost the host is the control plane's own, so that it may be told what holds for all of it.
 */
export function protect(response: Response, isOwnHost: boolean): void {
  if (isOwnHost) response.headers.set("strict-transport-security", httpsOnly);
  for (const [name, value] of everyHeader) response.headers.set(name, value);
  if (response.headers.get("content-type")?.startsWith("text/html") === true)
    for (const [name, value] of pageHeaders) response.headers.set(name, value);
}
