/** What the guard must know of an element by its name, as bits of one number. */
export const tag = {
  isVoid: 1,
  /** Its content is not markup. */
  isRaw: 1 << 1,
  isSelect: 1 << 2,
  /** Ends a `<select>` for HTMLRewriter, which then takes raw elements again. */
  leavesSelect: 1 << 3,
  isTemplate: 1 << 4,
  isFrameset: 1 << 5,
  isSvg: 1 << 6,
  /** Inside SVG, its content is HTML again. */
  isSvgIntegration: 1 << 7,
  // Elements that a browser ends by itself when another begins.
  p: 1 << 8,
  li: 1 << 9,
  dd: 1 << 10,
  option: 1 << 11,
  row: 1 << 12,
  cell: 1 << 13,
  section: 1 << 14,
  heading: 1 << 15,
  a: 1 << 16,
  button: 1 << 17,
  ruby: 1 << 18,
  head: 1 << 19,
  /** Ends with the page if its end tag is missing, and begins the page's content. */
  page: 1 << 20,
  /** Ends an open paragraph. */
  endsParagraph: 1 << 21,
  /** What is open outside of it is not ended by what begins inside (HTML standard, 13.2.4.2: the scopes). */
  isScope: 1 << 22,
  /** Ends the search for an open list item, too. */
  isBlock: 1 << 23,
  isTable: 1 << 24,
  isScript: 1 << 25,
  isPlaintext: 1 << 26,
  /** Ends all foreign content that it stands in. */
  leavesForeign: 1 << 27,
  isMath: 1 << 28,
  /** Inside MathML, its content is HTML again. */
  isMathIntegration: 1 << 29,
  /** Its end tag ends foreign content, too. */
  endLeavesForeign: 1 << 30,
} as const;

/** All kinds that a browser may end without an end tag. */
export const endsByItself =
  tag.p |
  tag.li |
  tag.dd |
  tag.option |
  tag.row |
  tag.cell |
  tag.section |
  tag.heading |
  tag.a |
  tag.button |
  tag.ruby |
  tag.head;

const names: readonly (readonly [bits: number, names: string])[] = [
  [tag.isVoid, "area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen"],
  [tag.isRaw, "script style title textarea xmp iframe noembed noframes noscript plaintext"],
  [tag.isScript, "script"],
  [tag.isPlaintext, "plaintext"],
  [tag.isSelect, "select"],
  [tag.leavesSelect, "textarea input keygen"],
  [tag.isTemplate, "template"],
  [tag.isFrameset, "frameset"],
  [tag.isSvg, "svg"],
  [tag.isSvgIntegration, "foreignobject desc title"],
  [tag.isMath, "math"],
  [tag.isMathIntegration, "mi mo mn ms mtext"],
  [tag.endLeavesForeign, "p br"],
  [tag.p, "p"],
  [tag.li, "li"],
  [tag.dd, "dd dt"],
  [tag.option, "option optgroup"],
  [tag.row, "tr"],
  [tag.cell, "td th"],
  [tag.section, "tbody thead tfoot caption colgroup"],
  [tag.heading, "h1 h2 h3 h4 h5 h6"],
  [tag.a, "a"],
  [tag.button, "button"],
  [tag.ruby, "rt rp rb rtc"],
  [tag.head, "head"],
  [tag.page, "body html"],
  [
    tag.endsParagraph,
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form header " +
      "hgroup hr main menu nav ol p pre listing search section summary table ul xmp plaintext h1 h2 h3 h4 h5 h6 li dd dt",
  ],
  [tag.isScope, "applet caption html table td th marquee object template button svg math"],
  [
    tag.isBlock,
    "article aside blockquote body center details dialog dir dl fieldset figcaption figure footer form header hgroup " +
      "main menu nav ol section select summary table tbody td tfoot th thead tr ul",
  ],
  [tag.isTable, "table template html"],
  [
    tag.leavesForeign,
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr " +
      "ol p pre ruby s small span strong strike sub sup table tt u ul var",
  ],
];

const size = 4096;
const keys = new Int32Array(size);
const bits = new Int32Array(size);

/** One step of the hash of a tag name: `code` is a lower-case character. Start with 0. */
export const hashStep = (hash: number, code: number): number => (Math.imul(hash, 31) + code) | 0;

/** The hash of a whole name. */
export const hashOf = (name: string): number => [...name].reduce((hash, char) => hashStep(hash, char.charCodeAt(0)), 0);

function slotOf(hash: number): number {
  let slot = (hash ^ (hash >>> 12)) & (size - 1);
  while (keys[slot] !== 0 && keys[slot] !== hash) slot = (slot + 1) & (size - 1);
  return slot;
}

for (const [flag, list] of names) {
  for (const name of list.split(" ")) {
    const slot = slotOf(hashOf(name));
    keys[slot] = hashOf(name);
    bits[slot] = (bits[slot] ?? 0) | flag;
  }
}

/** What is known of the element whose name has this hash; 0 for all others. */
export const tagOf = (hash: number): number => bits[slotOf(hash)] ?? 0;
