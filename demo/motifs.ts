import type { Cover, Motif } from "./stock/book.ts";

/** Where the drawing leaves room for the title on the 400 by 600 cover. */
export type TitlePlace = "top" | "bottom" | "middle";

/** A drawing: SVG markup made from our own numbers and colours only. */
export interface Drawing {
  readonly art: string;
  readonly title: TitlePlace;
}

const times = (count: number, draw: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => draw(index)).join("");

const motifs: Record<Motif, (cover: Cover) => Drawing> = {
  arcs: ({ accent, ink, ground }) => ({
    title: "top",
    art: times(5, (i) => `<circle cx="200" cy="520" r="${210 - i * 42}" fill="${[accent, ground, ink][i % 3]}"/>`),
  }),
  blocks: ({ accent, ink, ground }) => ({ title: "bottom", art: times(12, (i) => quarter(i, accent, ink, ground)) }),
  clock: ({ accent, ink }) => ({
    title: "bottom",
    art: `<circle cx="200" cy="190" r="138" fill="${accent}"/>${times(12, (i) => tick(i, ink))}
      <path d="M200 190V100M200 190l58 34" stroke="${ink}" stroke-width="9" stroke-linecap="round"/>`,
  }),
  door: ({ accent, ink, ground }) => ({
    title: "top",
    art: times(4, (i) => arch(i, [accent, ground, accent, ink][i] ?? ink)),
  }),
  frame: ({ accent }) => ({
    title: "middle",
    art: `<rect x="26" y="26" width="348" height="548" fill="none" stroke="${accent}" stroke-width="14"/>
      <rect x="48" y="48" width="304" height="504" fill="none" stroke="${accent}" stroke-width="3"/>`,
  }),
  leaves: ({ accent, ink }) => ({
    title: "bottom",
    art: `<path d="M200 370V50" stroke="${ink}" stroke-width="4"/>${times(6, (i) => leafPair(330 - i * 50, accent))}`,
  }),
  moon: ({ accent, ground, ink }) => ({
    title: "bottom",
    art: `<circle cx="210" cy="190" r="120" fill="${accent}"/><circle cx="166" cy="164" r="106" fill="${ground}"/>
      ${times(9, (i) => `<circle cx="${40 + ((i * 137) % 330)}" cy="${44 + ((i * 89) % 290)}" r="${2 + (i % 3)}" fill="${ink}"/>`)}`,
  }),
  rings: ({ accent, ink }) => ({
    title: "bottom",
    art: `${times(7, (i) => `<ellipse cx="200" cy="190" rx="${30 + i * 30}" ry="${14 + i * 21}" fill="none" stroke="${accent}" stroke-width="${9 - i}"/>`)}
      <circle cx="200" cy="190" r="9" fill="${ink}"/>`,
  }),
  steps: ({ accent, ink }) => ({
    title: "top",
    art: times(
      6,
      (i) =>
        `<rect x="${i * 67}" y="${480 - i * 36}" width="67" height="${160 + i * 36}" fill="${i % 2 ? ink : accent}" opacity="${0.45 + i * 0.1}"/>`,
    ),
  }),
  stripes: ({ accent, ink }) => ({
    title: "top",
    art: times(
      9,
      (i) =>
        `<rect x="${20 + i * 41}" y="${300 + ((i * 53) % 130)}" width="${30 - i * 2.6}" height="320" fill="${i === 6 ? ink : accent}"/>`,
    ),
  }),
  sun: ({ accent, ground }) => ({
    title: "top",
    art: `<circle cx="200" cy="420" r="128" fill="${accent}"/>
      ${times(6, (i) => `<rect x="0" y="${424 + i * 21}" width="400" height="${3 + i * 2}" fill="${ground}"/>`)}`,
  }),
  waves: ({ accent, ink }) => ({
    title: "top",
    art: times(
      6,
      (i) =>
        `<path d="M-20 ${340 + i * 42}q55 -34 110 0t110 0t110 0t110 0" fill="none" stroke="${i === 1 ? ink : accent}" stroke-width="${6 + i * 3}"/>`,
    ),
  }),
};

/** The drawing of a cover. */
export function drawingOf(cover: Cover): Drawing {
  return motifs[cover.motif](cover);
}

function quarter(index: number, accent: string, ink: string, ground: string): string {
  const x = (index % 4) * 100;
  const y = Math.floor(index / 4) * 100;
  const turn = ((index * 7) % 4) * 90;
  const fill = [accent, ink, ground, accent][(index * 5) % 4];
  return `<path d="M${x} ${y}h100a100 100 0 0 1 -100 100z" transform="rotate(${turn} ${x + 50} ${y + 50})" fill="${fill}"/>`;
}

function tick(index: number, ink: string): string {
  return `<path d="M200 66v16" transform="rotate(${index * 30} 200 190)" stroke="${ink}" stroke-width="5"/>`;
}

function arch(index: number, fill: string): string {
  const half = 110 - index * 26;
  const top = 330 + index * 42;
  return `<path d="M${200 - half} 600V${top + half}a${half} ${half} 0 0 1 ${half * 2} 0V600z" fill="${fill}"/>`;
}

function leafPair(y: number, accent: string): string {
  return `<path d="M200 ${y}q20 -58 92 -62q-8 58 -92 62zM200 ${y}q-20 -58 -92 -62q8 58 92 62z" fill="${accent}"/>`;
}
