/** Markup that is known to be safe: made by `html`, or vouched for with `raw`. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. Strings are escaped; `null` is nothing; lists are joined. */
export type Part = Html | string | number | null | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Builds markup and escapes every value, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, index) => `${text}${render(parts[index - 1] ?? null)}${piece}`));
}

/** Vouches for markup that was built from our own constants. Never for anything a visitor sent. */
export function raw(text: string): Html {
  return new Html(text);
}

/** Data for a `<script>` element: no `<` survives, so that no value can close the element. */
export function jsonIsland(type: string, data: unknown): Html {
  return html`<script type="${type}">${raw(JSON.stringify(data).replaceAll("<", "\\u003c"))}</script>`;
}

function render(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string") return part.replace(/[&<>"']/gu, (character) => entities[character] ?? character);
  if (typeof part === "number") return String(part);
  return part.map(render).join("");
}
