import type { Envelope } from "../core/event.ts";
import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { Profile } from "../core/profile.ts";
import type { Enrolments } from "../core/visit.ts";
import type { Signer } from "../http/signed.ts";
import type { ClientAddress } from "./browser/tag.ts";
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
  /** Opens the cookie that says what the visitor allows; left out likewise. */
  readonly consentSigner?: Signer | null;
  /** Opens visit links; `null` likewise. */
  readonly linkSigner: Signer | null;
  /** Signs exposures that a page may report; left out likewise. */
  readonly exposureSigner?: Signer | null;
  /** Signs decisions for the origin, with a key that it may have; `null` likewise. */
  readonly decisionsSigner: Signer | null;
  readonly profiles: ProfileReader;
  readonly events: { readonly send: (envelopes: readonly Envelope[]) => Promise<void> };
  readonly exposed: ExposureMemory;
  /** Work that goes on after the response. */
  readonly later: (work: Promise<unknown>) => void;
  readonly report: (failure: Failure) => void;
  readonly telemetry: Telemetry;
  /** Where a host's pages come from when no release can be had; `null` where the deployment does not say. */
  readonly fallbackOrigin: (host: string) => string | null;
  /** Variants that are given whatever the rules say, by experience: what a preview asks for. Left out on visitors' pages. */
  readonly forced?: Readonly<Record<string, string>>;
  /** The browser's helper; left out where there is none to bring along. */
  readonly client?: ClientAddress;
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

/** What operators watch. Counts only: nothing of a visitor, and never what results are made of. */
export interface Telemetry {
  /** A request was answered. `why`: the reason of a bypass. */
  readonly answered: (site: string, how: Answered, why: string | null) => void;
  /** A place that an experience watches was looked for on a page or in a document. */
  readonly looked: (look: Look) => void;
}

/** `passed`: no experience could touch it. `decided`: one could, and the body went out as it came. `bypassed`: we stood aside. */
export type Answered = "passed" | "bypassed" | "decided" | "personalised" | "moved";

export interface Look {
  readonly site: string;
  readonly release: string;
  readonly experience: string;
  /** A selector or pointer. */
  readonly place: string;
  readonly found: boolean;
}

/** Something of ours that failed while a page was served. The visitor never notices more than an unchanged page. */
export interface Failure {
  readonly stage:
    | "release"
    | "origin"
    | "profile"
    | "decide"
    | "observe"
    | "decisions-header"
    | "move"
    | "render"
    | "drift"
    | "emit"
    | "consume";
  readonly site: string;
  readonly what: string;
}
