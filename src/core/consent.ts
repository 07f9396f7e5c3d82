import type { Purpose, SitePolicy } from "./draft.ts";
import type { SiteKey } from "./ids.ts";
import { isObject } from "./json.ts";

/** Which purposes are allowed. */
export type Purposes = Readonly<Record<Purpose, boolean>>;

export const everyPurpose: Purposes = { analytics: true, personalization: true };
export const noPurpose: Purposes = { analytics: false, personalization: false };

/** What a visitor has said, and whether their browser asked not to be tracked while they said it. */
export interface ConsentChoice extends Purposes {
  readonly atMs: number;
  readonly despiteGpc: boolean;
}

/**
 * What may be done with a visitor.
 *
 * Without a choice the site's policy decides, and Global Privacy Control (`Sec-GPC: 1`) is a no to everything. A choice
 * made while the browser sent that signal was made in spite of it, and stands; an older one does not.
 */
export function allowedPurposes(
  policy: SitePolicy["consent"],
  choice: ConsentChoice | null,
  hasGpc: boolean,
): Purposes {
  if (choice === null) return policy === "required" || hasGpc ? noPurpose : everyPurpose;
  if (hasGpc && !choice.despiteGpc) return noPurpose;
  return { analytics: choice.analytics, personalization: choice.personalization };
}

export const isAnyAllowed = ({ analytics, personalization }: Purposes): boolean => analytics || personalization;

/** As tables keep it: 1 analytics, 2 personalization, 3 both. */
export const purposeBits = ({ analytics, personalization }: Purposes): number =>
  (analytics ? 1 : 0) + (personalization ? 2 : 0);

export const purposesOfBits = (bits: number): Purposes => ({
  analytics: (bits & 1) !== 0,
  personalization: (bits & 2) !== 0,
});

const consentShape = 1;

/** The consent cookie's payload, before it is signed. It names nobody. */
export const encodeConsent = (site: SiteKey, { analytics, personalization, atMs, despiteGpc }: ConsentChoice): string =>
  JSON.stringify([consentShape, site, analytics ? 1 : 0, personalization ? 1 : 0, atMs, despiteGpc ? 1 : 0]);

/** Reads a payload whose signature was right; `null` for anything that is not a choice made on this site. */
export function decodeConsent(text: string, site: SiteKey): ConsentChoice | null {
  const value = listIn(text);
  const [shape, where, analytics, personalization, atMs, despiteGpc] = value;
  if (shape !== consentShape || where !== site || typeof atMs !== "number") return null;
  return { analytics: analytics === 1, personalization: personalization === 1, atMs, despiteGpc: despiteGpc === 1 };
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Reads purposes out of JSON; a purpose that is not named is not allowed. `null` for anything else. */
export function purposesIn(value: unknown): Purposes | null {
  if (!isObject(value)) return null;
  const { analytics = false, personalization = false, ...rest } = value;
  if (typeof analytics !== "boolean" || typeof personalization !== "boolean") return null;
  return Object.keys(rest).length > 0 ? null : { analytics, personalization };
}
