import type { Node } from "./syntax.ts";

/**
 * A test for patterns that are plain text, with or without `^` and `$`: most of what people write. Null for any other.
 */
export function literalTest(node: Node): ((text: string) => boolean) | null {
  const items = node.kind === "sequence" ? node.items : [node];
  const from = isAssertion(items[0], "start") ? 1 : 0;
  const to = items.length > from && isAssertion(items[items.length - 1], "end") ? items.length - 1 : items.length;
  let literal = "";
  for (const item of items.slice(from, to)) {
    if (item.kind !== "set" || item.set.length !== 2 || item.set[0] !== item.set[1]) return null;
    literal += String.fromCharCode(item.set[0] ?? 0);
  }
  if (from === 1 && to < items.length) return (text) => text === literal;
  if (from === 1) return (text) => text.startsWith(literal);
  if (to < items.length) return (text) => text.endsWith(literal);
  return (text) => text.includes(literal);
}

const isAssertion = (node: Node | undefined, which: "start" | "end"): boolean =>
  node?.kind === "assertion" && node.which === which;
