import type { Page } from "playwright-core";

/** What is held of the visitor whom the page belongs to, as they may read it themselves: rows of D1. */
export interface Held {
  readonly events: readonly HeldEvent[];
  readonly exposures: readonly { readonly experience: string; readonly variant: string; readonly route: string }[];
  readonly profile: { readonly events: Readonly<Record<string, { readonly count: number }>> };
}

interface HeldEvent {
  readonly name: string;
  readonly at_ms: number;
  readonly value: number | null;
  readonly source: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Asks from within the page, with its visitor's cookie. */
export async function heldOf(page: Page): Promise<Held> {
  const { held } = await page.evaluate<{
    readonly held: Pick<Held, "events" | "exposures"> & {
      readonly profiles: readonly { readonly profile: Held["profile"] }[];
    };
  }>('fetch("/_caramel/me").then((answer) => answer.json())');
  const events = held.events.toSorted((one, other) => one.at_ms - other.at_ms);
  return { events, exposures: held.exposures, profile: held.profiles[0]?.profile ?? { events: {} } };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Both for a person's eyes: what happened, and what is known because of it. */
export function sideBySide({ events, profile }: Held): string {
  const rows = events.map(({ at_ms, name, source, value, props }) => {
    const cells = [new Date(at_ms).toISOString().slice(11, 23), name, source, value ?? "", JSON.stringify(props)];
    return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join("")}</tr>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>body{font:13px system-ui;display:flex;gap:2rem}td{padding:2px 8px;vertical-align:top;max-width:22rem;overflow-wrap:anywhere}
    tr:nth-child(odd){background:#f3efe8}pre{font-size:11px;max-width:34rem;white-space:pre-wrap}</style>
    <section><h2>What happened</h2><table>${rows.join("")}</table></section>
    <section><h2>What is known</h2><pre>${escaped(JSON.stringify(profile, null, 1))}</pre></section>`;
}
