import { isObject, type Json, type JsonObject } from "./json.ts";
import { keptText } from "./observed-props.ts";

const mostTags = 10;
const mostNodes = 200;

/** What a page says of the item it is about: the texts of its JSON-LD scripts, and its OpenGraph properties in order. */
export interface PageFacts {
  readonly jsonLd: readonly string[];
  readonly openGraph: readonly (readonly [property: string, content: string])[];
}

/** Types of schema.org that somebody looks at and may buy, read or watch. */
const itemTypes =
  /^(Product|ProductGroup|Book|Movie|TVSeries|Recipe|Course|Event|Article|NewsArticle|BlogPosting|Recording|MusicAlbum|VideoObject|Offer|Vehicle|Accommodation|JobPosting|SoftwareApplication|Game)$/;

/**
 * The item that a page is about, as event properties: `item` (its id), `name`, `category`, `author`, `tags`, `price`,
 * `currency`. JSON-LD (schema.org) is believed before OpenGraph (ogp.me). `null` for a page about none.
 */
export function itemIn({ jsonLd, openGraph }: PageFacts): JsonObject | null {
  const node = jsonLd.flatMap((text) => nodesIn(text)).find(isItem);
  const found = { ...fromOpenGraph(openGraph), ...(node === undefined ? {} : fromNode(node)) };
  const kept = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
  return Object.hasOwn(kept, "item") ? (kept as JsonObject) : null;
}

function nodesIn(text: string): readonly JsonObject[] {
  let rest: Json[];
  try {
    rest = [JSON.parse(text)];
  } catch {
    return [];
  }
  const nodes: JsonObject[] = [];
  for (let at = 0; at < rest.length && at < mostNodes; at += 1) {
    const value = rest[at];
    if (Array.isArray(value)) rest.push(...(value as readonly Json[]));
    else if (isObject(value)) {
      nodes.push(value);
      rest = rest.concat(value["@graph"] ?? [], value.mainEntity ?? []);
    }
  }
  return nodes;
}

const isItem = (node: JsonObject): boolean =>
  [node["@type"]].flat().some((type) => typeof type === "string" && itemTypes.test(type.replace(/^.*\//, "")));

function fromNode(node: JsonObject): Readonly<Record<string, Json>> {
  const [offer = {}] = [node.offers].flat().filter(isObject);
  return defined({
    item: textOf(node.sku) ?? textOf(node.productID) ?? textOf(node.isbn) ?? textOf(node["@id"]) ?? textOf(node.url),
    name: textOf(node.name) ?? textOf(node.headline),
    category: textOf([node.category, node.genre, node.articleSection].flat().find((value) => value !== undefined)),
    author: nameOf([node.author].flat()[0]) ?? nameOf([node.brand].flat()[0]),
    tags: tagsIn(node.keywords),
    price: textOf(offer.price) ?? textOf(offer.lowPrice),
    currency: textOf(offer.priceCurrency),
  });
}

function fromOpenGraph(all: PageFacts["openGraph"]): Readonly<Record<string, Json>> {
  const of = (...properties: readonly string[]) =>
    all.filter(([property]) => properties.includes(property)).map(([, content]) => content);
  const [type = "website"] = of("og:type");
  if (type === "website") return {};
  return defined({
    item: textOf(of("product:retailer_item_id")[0]) ?? textOf(of("og:url")[0]),
    name: textOf(of("og:title")[0]),
    category: textOf(of("product:category", "article:section")[0]),
    author: textOf(of("book:author", "article:author")[0]),
    tags: tagsIn(of("book:tag", "article:tag", "video:tag")),
    price: textOf(of("product:price:amount", "og:price:amount")[0]),
    currency: textOf(of("product:price:currency", "og:price:currency")[0]),
  });
}

/** Only what was said: what JSON-LD leaves out may stand in OpenGraph. */
const defined = (facts: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));

const textOf = (value: Json | undefined): string | null => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? keptText(value) : null;
};

const nameOf = (value: Json | undefined): string | null => textOf(isObject(value) ? value.name : value);

function tagsIn(value: Json | readonly string[] | undefined): Json {
  const texts = typeof value === "string" ? value.split(",") : [value].flat();
  const tags = texts.map((each) => textOf(each as Json | undefined)).filter((tag) => tag !== null);
  return tags.length === 0 ? null : [...new Set(tags)].slice(0, mostTags);
}
