import type { Draft } from "../core/draft.ts";

/** Where links to a site's pages begin: the host that the caller reached us by when it is the site's, else the site's first. */
export function baseOf(hosts: Draft["site"]["hosts"], request: Request): string {
  const { origin, hostname } = new URL(request.url);
  const isOurs = hosts.some((host) => host === "*" || host === hostname || covers(host, hostname));
  const first = hosts.find((host) => !host.includes("*"));
  return isOurs || first === undefined ? origin : `https://${first}`;
}

const covers = (host: string, name: string): boolean => host.startsWith("*.") && name.endsWith(host.slice(1));
