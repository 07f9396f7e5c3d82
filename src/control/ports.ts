import type { Draft } from "../core/draft.ts";
import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import type { PreviewClaims } from "../core/preview-link.ts";
import type { Problem } from "../core/problem.ts";
import type { Profile } from "../core/profile.ts";
import type { Release } from "../core/release.ts";
import type { Digest } from "../core/release-id.ts";
import type { VisitClaims } from "../core/visit-link.ts";
import type { AuditStore } from "../store/audit.ts";
import type { ContextStore } from "../store/contexts.ts";
import type { DraftStore } from "../store/drafts.ts";
import type { PeopleStore } from "../store/people.ts";
import type { ReleaseStore } from "../store/releases.ts";
import type { ReplayStore } from "../store/replays.ts";
import type { ReviewStore } from "../store/reviews.ts";
import type { TokenStore } from "../store/tokens.ts";
import type { WeightStore } from "../store/weights.ts";
import type { DatabasePorts } from "./databases.ts";
import type { DeadLetterPorts } from "./dead-letters.ts";
import type { AskerParts } from "./live-asker.ts";
import type { Doors } from "./recognise.ts";

/** All that the admin API needs of the world. `index.ts` wires it. */
export interface ControlPorts {
  /** How callers are known. */
  readonly doors: Doors;
  readonly tokens: Pick<TokenStore, "insert" | "find" | "list" | "revoke">;
  readonly people: PeopleStore;
  readonly audit: AuditStore;
  readonly replays: ReplayStore;
  readonly drafts: DraftStore;
  readonly releases: Pick<
    ReleaseStore,
    "save" | "makeLive" | "stage" | "unstage" | "list" | "read" | "pointer" | "kill"
  >;
  readonly reviews: ReviewStore;
  readonly contexts: Pick<ContextStore, "read">;
  /** The way to the website and the web, for checks; `null` where there is none. */
  readonly website: Omit<AskerParts, "host"> | null;
  readonly visitors: VisitorPorts;
  readonly previews: PreviewPorts;
  readonly weights: WeightStore;
  readonly databases: DatabasePorts;
  readonly deadLetters: DeadLetterPorts;
  /** Which site answers for a host; `null` for none. */
  readonly findSite: (host: string) => Promise<SiteKey | null>;
  /** A token that opens the site as that visitor, until it expires. */
  readonly signVisit: (claims: VisitClaims) => Promise<string>;
  /** The key with which a site's server signs its users' ids; `null` in a deployment without a secret. */
  readonly identifyKey: (site: SiteKey) => Promise<string | null>;
  /** What HTMLRewriter says against a selector; `null` when it takes it. */
  readonly checkSelector: (selector: string) => string | null;
  /** What the deployment refuses in a draft that is fine in itself, such as an origin in a private network. */
  readonly checkPolicy: (draft: Draft) => readonly Problem[];
  readonly digest: Digest;
  readonly now: () => number;
  /** Told of exceptions, which are bugs of ours or stores that fail; the caller learns nothing of them. */
  readonly report: (error: unknown, request: Request) => void;
}

/** What links to previews need. */
export interface PreviewPorts {
  /** Keeps a draft where the edge finds it, as long as its link is good. */
  readonly keep: (release: Release, ttlSeconds: number) => Promise<void>;
  /** The token of a link. Throws in a deployment without a key. */
  readonly sign: (claims: PreviewClaims) => Promise<string>;
  /** Nobody's by chance. */
  readonly newVisitorId: () => VisitorId;
}

/** What people may write about visitors. D1 first, then the copy near the visitor. */
export interface VisitorPorts {
  /** What is stored of a visitor; `null` for somebody the site knows nothing of. */
  readonly read: (visitor: VisitorId, site: SiteKey) => Promise<Profile | null>;
  /** Sets some traits and leaves the others; `null` forgets one. @returns the profile afterwards. */
  readonly setTraits: (visitor: VisitorId, site: SiteKey, traits: JsonObject) => Promise<Profile>;
  /** Replaces what is known of a visitor, as far as the seed says. */
  readonly seed: (visitor: VisitorId, site: SiteKey, seed: ProfileSeed) => Promise<void>;
}

/** Facts of a profile that people may set. What experiences have recorded is not among them. */
export type ProfileSeed = Partial<Pick<Profile, "traits" | "affinities" | "events">>;
