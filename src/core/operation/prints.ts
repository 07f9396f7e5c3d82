import { type Problem, problem } from "../problem.ts";
import { type Markup, readMarkup } from "./markup.ts";

/**
 * Stands for a printed value while the markup around it is read. A private-use character, for which authors have no use;
 * behind a letter, because a value that begins with one would make a tag of a `<` before it.
 */
const mark = "x\ue000";

const marked = (source: string): string =>
  source
    .replace(/\{\{[\s\S]*?\}\}|\{%-?\s*(?:echo|cycle|increment|decrement)\b[\s\S]*?%\}/g, mark)
    .replace(/\{%[\s\S]*?%\}/g, "");

/**
 * Prints in places where escaping cannot hold a visitor's value: inside scripts, styles and comments, in names, and in
 * attributes without quotes. In text and between quotes they are safe.
 */
export function problemsOfPrints(source: string, path: string): readonly Problem[] {
  if (!source.includes("{")) return [];
  const problems: Problem[] = [];
  for (const piece of readMarkup(marked(source))) {
    const place = placeOfPrint(piece);
    if (place !== null) problems.push(problem(path, `A value is printed ${place}.`, adviceFor(place)));
  }
  return problems;
}

const adviceFor = (place: string): string =>
  place.startsWith("in a style")
    ? "Use the action setStyle with the property as its name."
    : "Print it in text, or in an attribute between quotes, where it can be escaped.";

function placeOfPrint(piece: Markup): string | null {
  if (!piece.source.includes(mark)) return null;
  if (piece.kind === "comment") return "inside a comment";
  if (piece.kind === "raw") return rawPlace(piece.within);
  if (piece.kind === "start" || piece.kind === "end") return placeInTag(piece.name, piece.attributes);
  return null;
}

const rawPlace = (within: string): string | null =>
  within === "title" || within === "textarea" ? null : `inside <${within}>`;

function placeInTag(
  tag: string,
  attributes: readonly { readonly name: string; readonly value: string; readonly quote: string | null }[],
): string | null {
  if (tag.includes(mark)) return "in the name of a tag";
  for (const { name, value, quote } of attributes) {
    if (name.includes(mark)) return "in the name of an attribute";
    if (!value.includes(mark)) continue;
    if (quote === "") return `in the attribute "${name}" without quotes`;
    if (name === "style") return "in a style attribute";
  }
  return null;
}
