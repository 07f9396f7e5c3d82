import type { Html } from "./html.ts";
import { html, raw } from "./html.ts";
import type { TitlePlace } from "./motifs.ts";
import { drawingOf } from "./motifs.ts";
import type { Book } from "./stock/book.ts";

const face = "'Iowan Old Style','Palatino Linotype',Palatino,'URW Palladio L',P052,Georgia,serif";
const titleWidth = 330;
/** Mean width of a bold serif letter in ems, on the wide side, because the reader's font is unknown. */
const letterEm = 0.6;

/** The cover of a book as an SVG document of 400 by 600, drawn from its data; the fonts are the reader's own. */
export function coverOf(book: Book): string {
  const { ground, ink } = book.cover;
  const drawing = drawingOf(book.cover);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 600" width="400" height="600" role="img" aria-label="${book.title}, by ${book.author}">
<rect width="400" height="600" fill="${ground}"/>
${raw(drawing.art)}
<g fill="${ink}" font-family="${face}" text-anchor="middle">${lettering(book, drawing.title)}</g>
<rect width="14" height="600" fill="#000" opacity="0.1"/>
</svg>`.text;
}

function lettering(book: Book, place: TitlePlace): Html {
  const lines = wrap(book.title, book.title.length > 26 ? 14 : 11);
  const longest = Math.max(...lines.map((line) => line.length));
  const size = Math.min(62, Math.floor(titleWidth / (longest * letterEm)), Math.floor(205 / lines.length));
  const lineHeight = size * 1.1;
  const block = lineHeight * lines.length;
  const { first, author } = positions(place, block, size);
  return html`${lines.map(
    (line, index) =>
      html`<text x="204" y="${Math.round(first + index * lineHeight)}" font-size="${size}" font-weight="700">${line}</text>`,
  )}<text x="204" y="${Math.round(author)}" font-size="20" letter-spacing="2">${book.author}</text>`;
}

/** Baselines. The author stands next to the title, so that neither runs over the drawing. */
function positions(place: TitlePlace, block: number, size: number): { first: number; author: number } {
  if (place === "top") return { first: 46 + size * 0.8, author: 46 + block + 26 };
  if (place === "bottom") return { first: 540 - block + size * 0.8 - 10, author: 566 };
  return { first: 290 - block / 2 + size * 0.8, author: 490 };
}

function wrap(title: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
