/** Strings that must not be mistaken for one another. A brand exists at compile time only. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** An anonymous person: 22 url-safe random characters (132 bits), kept in the visit cookie. */
export type VisitorId = Branded<"VisitorId">;
/** A known account of the site, as the site names it. */
export type UserId = Branded<"UserId">;
/** A site's key, as authored: `[a-z0-9-]`, at most 64 characters. */
export type SiteKey = Branded<"SiteKey">;
/** A release's id: `r_` and the first 20 hexadecimal digits of the SHA-256 of its content. */
export type ReleaseId = Branded<"ReleaseId">;

/** Basis points: 10 000 are all. An integer. */
export type Bps = number;

/** What a key looks like; the configuration file's JSON Schema says the same. */
export const keyShape = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Whether `text` may name an entity that people author (site, audience, slot, experience, variant …). */
export const isKey = (text: string): boolean => keyShape.test(text);
