import type { Visit } from "./visitors.ts";

/** What the tour tells about. */
export interface TourParts {
  readonly proxyUrl: string;
  readonly originUrl: string;
  /** The demo's stops; empty before a site of one's own. */
  readonly visits: readonly Visit[];
  /** The hosts that the configuration answers to. */
  readonly hosts: readonly string[];
  readonly site: string;
}

const columns = 80;

/** What `npm start` prints when everything is up, for a terminal 80 columns wide; only addresses may be longer. */
export function tourText(parts: TourParts): string {
  const { proxyUrl, originUrl, visits } = parts;
  const places = [
    ["personalised", `${proxyUrl}/`],
    ["as it is", `${originUrl}/`],
    ["health", `${proxyUrl}/_caramel/health`],
  ] as const;
  return [
    visits.length > 0 ? "The demo shop is open." : `${parts.site} is behind Caramel.`,
    "",
    ...places.map(([what, url]) => `  ${what.padEnd(14)}${url}`),
    "",
    ...(visits.length > 0 ? stops(visits) : ownSite(parts)),
    "Change something, then:",
    "",
    "  npm run caramel -- plan FILE       what would be different",
    "  npm run caramel -- apply FILE      write the draft",
    "  npm run caramel -- publish         make it live",
    "",
  ].join("\n");
}

function stops(visits: readonly Visit[]): string[] {
  const intro =
    "The same visitor always gets the same pages, with JavaScript off too. Each of these makes your browser that visitor:";
  return [...wrapped(intro, ""), "", ...visits.flatMap(stop)];
}

function stop({ as, about, look, url }: Visit, index: number): string[] {
  const text = [...wrapped(about, "     "), ...wrapped(`Look for: ${look}.`, "     ")];
  return [`  ${index + 1}. ${as}`, ...text, `     ${url}`, ""];
}

function ownSite({ hosts, proxyUrl }: TourParts): string[] {
  const host = hosts[0];
  if (host === undefined || hosts.includes("*")) return [];
  const named = host.startsWith("*.") ? `www${host.slice(1)}` : host;
  return ["Only the hosts of the configuration are answered to:", "", `  curl -H "Host: ${named}" ${proxyUrl}/`, ""];
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
