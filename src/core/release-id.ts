import type { Draft } from "./draft.ts";
import type { ReleaseId } from "./ids.ts";
import { canonicalJson, type Json } from "./json.ts";
import { type Release, releaseShape } from "./release.ts";

/** SHA-256 of UTF-8 text, as lower-case hexadecimal digits. An argument, as core has no crypto. */
export type Digest = (text: string) => Promise<string>;

const idDigits = 20;

/**
 * Freezes a checked draft into a release. Its id is derived from the content alone: the same draft always gives the same
 * release, however its keys were ordered.
 */
export async function releaseOf(draft: Draft, digest: Digest): Promise<Release> {
  const id = await releaseIdOf(draft, digest);
  return { shape: releaseShape, id, site: draft.site.key, content: draft };
}

/** The id that a content has: `r_` and 80 bits of its hash. */
export async function releaseIdOf(content: Draft, digest: Digest): Promise<ReleaseId> {
  // A draft is JSON throughout, which its interfaces, having no index signature, can't say.
  const text = canonicalJson(content as unknown as Json);
  return `r_${(await digest(text)).slice(0, idDigits)}` as ReleaseId;
}
