import type { Purposes } from "../core/consent.ts";
import type { Draft } from "../core/draft.ts";
import type { Envelope } from "../core/event.ts";
import type { SiteKey, UserId, VisitorId } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import type { SiteKeys } from "../http/identify-key.ts";
import type { CookieSigners } from "../http/visitor-cookies.ts";
import type { IdentityStore } from "../store/identities.ts";
import type { PrivacyStore } from "../store/privacy.ts";
import type { Limiter } from "./rate-limit.ts";

/** All that the addresses for visitors and their pages may use. `index.ts` wires it. */
export interface CollectPorts {
  readonly now: () => number;
  readonly newVisitorId: () => VisitorId;
  /** What is live on a host; why there is nothing. */
  readonly site: (host: string) => Promise<Draft | "no-site" | "no-release">;
  /** Events that the live release of a host decides by: the visit cookie carries these. */
  readonly carriedEvents: (host: string) => Promise<ReadonlySet<string>>;
  /** `null` in a deployment without a key, where nobody is recognised. */
  readonly signers: CookieSigners | null;
  /** Resolves when the queue has all of it. */
  readonly send: (envelopes: readonly Envelope[]) => Promise<void>;
  readonly perVisitor: Limiter;
  readonly perSource: Limiter;
  /** Whether a bearer token of the admin API may send events for this site. */
  readonly isIngestToken: (token: string, site: SiteKey) => Promise<boolean>;
  readonly identities: IdentityStore;
  readonly privacy: PrivacyStore;
  /** Sets traits of a visitor and leaves the others. */
  readonly setTraits: (visitor: VisitorId, site: SiteKey, traits: JsonObject) => Promise<unknown>;
  /** Whether a signature of a user id is the site's own; `null` in a deployment without a key. */
  readonly identifyKeys: Pick<SiteKeys, "isSigned"> | null;
  readonly report: (failure: { readonly site: string; readonly what: string }) => void;
}

/** Somebody of whom something can be recorded. */
export interface Known {
  readonly visitor: VisitorId;
  readonly user: UserId | null;
  readonly allowed: Purposes;
}
