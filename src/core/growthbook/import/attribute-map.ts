import type { Tell } from "./notes.ts";

/** Facts that attributes of GrowthBook's own SDKs are, by attribute. All others are traits. */
const known: Readonly<Record<string, string>> = {
  id: "visitor",
  deviceId: "visitor",
  url: "context.url",
  path: "context.path",
  host: "context.host",
  query: "context.search",
  country: "context.country",
  region: "context.region",
  city: "context.city",
  continent: "context.continent",
  timezone: "context.timezone",
  referrer: "context.referrer",
  language: "context.language",
  deviceType: "context.device",
  utmSource: "context.utm.source",
  utmMedium: "context.utm.medium",
  utmCampaign: "context.utm.campaign",
  utmTerm: "context.utm.term",
  utmContent: "context.utm.content",
};

/** What can't be quite the same, by attribute. */
const doubts: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  visitor: [
    "is read as the visitor's id",
    "GrowthBook's SDK made ids of its own, and its script kept them in the cookie gbuuid: with --attributes id=cookie.gbuuid who has one keeps their variants, and newcomers are told apart by our id. Applications hand theirs in as targetingKey.",
  ],
  deviceType: ["is read as context.device, which knows tablets too", "Add tablet where mobile or desktop was meant."],
  browser: ["is not known to Caramel", "Set the trait browser, or write the condition anew."],
  pageTitle: ["is not known before the page", "Target by context.path instead."],
  utm: ["is read from this request; GrowthBook's SDK remembered it for the session", "Set a trait if that matters."],
};

/** Where each attribute is found: `visitor`, `user` or `session`, or a fact's path. Given ones come before our own. */
export class AttributeMap {
  readonly #given: Readonly<Record<string, string>>;
  readonly #tell: Tell;
  readonly #told = new Set<string>();

  constructor(given: Readonly<Record<string, string>>, tell: Tell) {
    this.#given = given;
    this.#tell = tell;
  }

  /** The fact that a condition's path reads, such as `company.plan`. */
  factOf(path: string, where: string): string {
    const [root = "", ...rest] = path.split(".");
    const target = this.#targetOf(root, where);
    const fact = isUnit(target) || isCookie(target) ? `unit.${target}` : target;
    return [fact, ...rest].join(".");
  }

  /** The unit that is hashed for an attribute. A fact of the request is none, so its name is a trait then. */
  unitOf(attribute: string, where: string): string {
    const target = this.#targetOf(attribute, where);
    if (isUnit(target) || isCookie(target) || target.startsWith("trait.")) return target;
    this.#tell(
      where,
      `\`${attribute}\` is hashed, and can't be read from the request for that`,
      `Set the trait ${attribute}.`,
    );
    return `trait.${attribute}`;
  }

  #targetOf(attribute: string, where: string): string {
    if (Object.hasOwn(this.#given, attribute)) return this.#given[attribute] ?? "";
    const target = Object.hasOwn(known, attribute) ? (known[attribute] ?? "") : `trait.${attribute}`;
    const doubt = doubts[attribute.startsWith("utm") ? "utm" : isUnit(target) ? target : attribute];
    if (doubt !== undefined && !this.#told.has(attribute)) this.#tell(where, `\`${attribute}\` ${doubt[0]}`, doubt[1]);
    this.#told.add(attribute);
    return target;
  }
}

const isCookie = (target: string): boolean => target.startsWith("cookie.");

const isUnit = (target: string): boolean => target === "visitor" || target === "user" || target === "session";
