import { at } from "../core/check/each.ts";
import type { Draft, Operation, Variant } from "../core/draft.ts";
import type { Json } from "../core/json.ts";
import { type Problem, warning } from "../core/problem.ts";
import { type Asker, within } from "./live-asker.ts";

/** An address that content leads to, and how it answered: `null` for not at all. */
export interface CheckedLink {
  readonly url: string;
  readonly status: number | null;
}

const linksAtMost = 40;

/** Asks every address that variants bring into pages or send visitors to, each once. */
export async function checkLinks(draft: Draft, ask: Asker) {
  const places = new Map<string, string>();
  for (const [key, { enabled, variants }] of Object.entries(draft.experiences)) {
    for (const variant of enabled ? variants : []) {
      for (const link of linksIn(variant, draft)) {
        const url = resolved(link, draft.site.origin);
        if (url !== null && !places.has(url)) places.set(url, at("experiences", key, "variants", variant.key));
      }
    }
  }
  const asked = [...places].slice(0, linksAtMost);
  const links = await within(asked, async ([url]): Promise<CheckedLink> => ({ url, status: await statusOf(url, ask) }));
  const problems = links.flatMap(({ url, status }) => problemOf(url, status, places.get(url) ?? ""));
  return { links, leftOut: places.size - asked.length, problems };
}

/** Not every server knows HEAD. */
async function statusOf(url: string, ask: Asker): Promise<number | null> {
  const head = await ask("HEAD", url);
  if (head !== null && head.status < 400) return head.status;
  const get = await ask("GET", url);
  await get?.body?.cancel();
  return get?.status ?? null;
}

function problemOf(url: string, status: number | null, where: string): readonly Problem[] {
  if (status !== null && status < 400) return [];
  const said = status === null ? "does not answer" : `answers ${status}`;
  return [warning(where, `${url.slice(0, 200)} ${said}.`, "Correct the address, or see that it is there.")];
}

/** Own paths, and whole addresses of the web; what depends on the visitor can't be asked. */
function resolved(link: string, origin: string): string | null {
  if (/\{[{%]/.test(link) || !(/^\/(?!\/)/.test(link) || /^https?:\/\//i.test(link))) return null;
  const url = URL.parse(link.replaceAll("&amp;", "&"), origin);
  if (url === null) return null;
  url.hash = "";
  return url.href;
}

const inMarkup = /(?:href|src|action)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
const linkAttributes = new Set(["href", "src", "action", "poster"]);

function linksIn({ operations, slots, move }: Variant, draft: Draft): readonly string[] {
  return [
    ...operations.flatMap(linksOfOperation),
    ...Object.entries(slots).flatMap(([key, value]) => linksOfSlot(draft.slots[key]?.type, value)),
    ...(move === null ? [] : [move.kind === "serve" ? move.path : move.location]),
  ];
}

function linksOfOperation(operation: Operation): readonly string[] {
  if (!("selector" in operation) || operation.value === null) return [];
  if (operation.action === "setAttribute") return linkAttributes.has(operation.name ?? "") ? [operation.value] : [];
  return [...operation.value.matchAll(inMarkup)].map(([, double, single]) => double ?? single ?? "");
}

function linksOfSlot(type: string | undefined, value: Json): readonly string[] {
  if (typeof value !== "string") return [];
  if (type === "url" || type === "image") return [value];
  return type === "html" ? [...value.matchAll(inMarkup)].map(([, double, single]) => double ?? single ?? "") : [];
}
