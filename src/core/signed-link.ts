/** The address of a page with a token in a query parameter. `to` is a path of the site, query and fragment included. */
export function linkWith(parameter: string, token: string, base: string, to: string): string {
  const [rest = "", fragment] = to.split("#", 2);
  const mark = rest.includes("?") ? "&" : "?";
  return `${base}${rest}${mark}${parameter}=${encodeURIComponent(token)}${fragment === undefined ? "" : `#${fragment}`}`;
}

/** A query (from the `?` on, or empty) without a parameter; the rest stays as it was written. */
export function withoutParameter(search: string, parameter: string): string {
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !pair.startsWith(`${parameter}=`));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}
