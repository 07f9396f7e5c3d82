import type { CompiledRelease } from "../../core/compile.ts";
import { type Envelope, envelopeShape } from "../../core/event.ts";
import type { Flag } from "../../core/flags.ts";
import type { VisitorId } from "../../core/ids.ts";
import { isVisitorId } from "../../core/visit.ts";
import { encodeBase64Url } from "../../http/signed.ts";
import type { Question } from "./question.ts";

/** The route under which evaluations by applications are recorded. */
const route = "ofrep";

/** What the evaluation of these flags exposed its subject to: one exposure per experience; `null` for none. */
export async function exposuresOf(
  flags: readonly Flag[],
  { targetingKey }: Question,
  { id, release: { site } }: CompiledRelease,
  atMs: number,
): Promise<Envelope | null> {
  const given = new Map(flags.flatMap(({ given: one }) => (one === null ? [] : [[one.experience, one] as const])));
  if (given.size === 0) return null;
  const exposures = [...given.values()].map(({ experience, version, variant, propensityBps, sticky }) => ({
    experience,
    version,
    variant,
    release: id,
    propensityBps,
    route,
    atMs,
    sticky,
  }));
  const visitor = await ledgerIdOf(targetingKey);
  return { shape: envelopeShape, site, visitor, user: null, exposures, events: [], refresh: false };
}

/** A targeting key that is no visitor's id is recorded by its hash: it may be an e-mail address. */
async function ledgerIdOf(targetingKey: string): Promise<VisitorId> {
  if (isVisitorId(targetingKey)) return targetingKey;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(targetingKey));
  return `k_${encodeBase64Url(new Uint8Array(digest)).slice(0, 30)}` as VisitorId;
}
