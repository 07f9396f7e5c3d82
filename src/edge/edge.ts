import type { Envelope } from "../core/event.ts";
import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { Profile } from "../core/profile.ts";
import type { Enrolments } from "../core/visit.ts";
import type { Signer } from "../http/signed.ts";
import type { LiveSites } from "./live.ts";
import type { Origin } from "./origin.ts";

/** All that a page request may use: no binding, no clock, no randomness comes to a stage in any other way. */
export interface Edge {
  readonly now: () => number;
  readonly newVisitorId: () => VisitorId;
  /** Nobody's by chance: an observed event is made once per request, and counted once however often it is delivered. */
  readonly newEventId: () => string;
  readonly sites: LiveSites;
  readonly origin: Origin;
  /** Signs the visit cookie; `null` in a deployment without a key, where nobody is recognised. */
  readonly signer: Signer | null;
  /** Opens visit links; `null` likewise. */
  readonly linkSigner: Signer | null;
  readonly profiles: ProfileReader;
  readonly events: { readonly send: (envelopes: readonly Envelope[]) => Promise<void> };
  readonly exposed: ExposureMemory;
  /** Work that goes on after the response. */
  readonly later: (work: Promise<unknown>) => void;
  readonly report: (failure: Failure) => void;
  /** Where a host's pages come from when no release can be had; `null` where the deployment does not say. */
  readonly fallbackOrigin: (host: string) => string | null;
  /** Development only: origins on this machine are allowed. */
  readonly allowPrivateOrigins: boolean;
}

export interface ProfileReader {
  /** The visitor's copy near them; `null` when there is none. May reject or never settle: the page does not wait for it. */
  readonly readCopy: (visitor: VisitorId, site: SiteKey) => Promise<Profile | null>;
}

/** What this isolate has handed to the queue: so that the next page can write it into the cookie, and not send it again. */
export interface ExposureMemory {
  readonly recall: (visitor: VisitorId) => Enrolments;
  readonly remember: (visitor: VisitorId, enrolled: Enrolments) => void;
}

/** Something of ours that failed while a page was served. The visitor never notices more than an unchanged page. */
export interface Failure {
  readonly stage: "release" | "origin" | "profile" | "decide" | "observe" | "render" | "emit" | "consume";
  readonly site: string;
  readonly what: string;
}
