/**
 * What HTMLRewriter does not understand though CSS does, with what to write instead. The first that fits is told.
 * Source: the selectors of lol-html, tried on workerd.
 */
const known: readonly (readonly [pattern: RegExp, message: string, advice: string])[] = [
  [/:has\(/, "`:has` is not supported", "Select the element itself, or give it a class or id of its own."],
  [
    /:(is|where|matches|any)\(/,
    "`:is` and `:where` are not supported",
    'Write a list: "h1 a, h2 a" for ":is(h1, h2) a".',
  ],
  [
    /:(last-child|last-of-type|nth-last-child|nth-last-of-type|only-child|only-of-type|empty)/,
    "a page that streams past can't be searched from its end",
    "Use :first-child, :nth-child(n), a class or an id.",
  ],
  [/::/, "pseudo-elements are not in the page", "Select the element itself."],
  [
    /:(hover|focus|focus-within|focus-visible|active|visited|link|target|checked|disabled|enabled|root|lang|dir|contains|host|scope)\b/,
    "states and contents of elements are not known here",
    "Select by element, class, id or attribute.",
  ],
  [/\+/, "`+` is not supported", "Select by the common parent, a class or an id; `>` and a space work."],
  [/~/, "`~` is not supported", "Select by the common parent, a class or an id; `>` and a space work."],
  [/^\s*[>,]|[>,]\s*$|,\s*,/, "a part of it is empty", "Write a selector on both sides of every > and comma."],
  [
    /:(?!not\(|first-child|nth-child\(|first-of-type|nth-of-type\()/,
    "the part after a colon is not known",
    'A colon that belongs to a class is escaped: ".md\\\\:flex" in double quotes, ".md\\:flex" without.',
  ],
];

/** Strings, attribute tests and escapes, which may hold any character. */
const opaque = /\\.|\[(?:"[^"]*"|'[^']*'|[^\]])*\]/g;

/**
 * What is wrong with a selector as far as can be told without HTMLRewriter; `null` when nothing is known against it.
 */
export function selectorMistake(selector: string): { readonly message: string; readonly advice: string } | null {
  if (selector.trim() === "") return { message: "it is empty", advice: 'Write a CSS selector, such as "#hero h1".' };
  if (selector.trim() === "*")
    return { message: "`*` would run on every element of the page", advice: "Name the element, a class or an id." };
  const bare = selector.replace(opaque, "x").replace(/(:nth-[a-z-]+)\([^)]*\)/g, "$1(n)");
  const found = known.find(([pattern]) => pattern.test(bare));
  return found === undefined ? null : { message: found[1], advice: found[2] };
}
