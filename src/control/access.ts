import type { SiteKey } from "../core/ids.ts";
import { everySite, type Grants, type Scope } from "../core/roles.ts";

/** Who calls, as their token, session or identity says. */
export interface Principal {
  /**
   * Stays the same for one person however they come in (`person:ann@books.example`), so that nobody approves their own by
   * another door. Machines are `token:<id>`; the deployment's own secret is `deployment`.
   */
  readonly id: string;
  /** For people: whose token it is, or their address. */
  readonly name: string;
  readonly kind: "deployment" | "person" | "machine";
  readonly roles: Grants;
}

/**
 * Who may do what: the whole of it. An action that is not here does not exist, a scope that is not named may not.
 *
 * Those who decide (approver) and those who run (operator) are told apart from those who write (author) so that a site
 * may ask for two people; one person may be given all of them.
 */
const allowed = {
  /** Configuration, releases, checks, why something would be seen: nothing of anybody's. */
  read: ["viewer", "author", "approver", "operator"],
  /** Change a draft. */
  edit: ["author"],
  /** Put a draft forward for review. */
  submit: ["author"],
  /** Agree to a release, or refuse it. */
  approve: ["approver"],
  /** Make live what may be made live, at once or at a time. */
  publish: ["approver", "operator"],
  /** Make an earlier release live again. */
  rollback: ["operator"],
  /** Stage a release by share of visitors. */
  rollout: ["operator"],
  kill: ["operator"],
  /** Write what bandits have learnt. */
  learn: ["operator"],
  /** Read or write what is known of a visitor; be one. */
  visitors: ["operator"],
  /** Make links that show a draft. */
  preview: ["author", "approver", "operator"],
  /** Send events of any visitor, as the site's server. */
  ingest: ["ingest", "operator"],
  /** See and make tokens and people's roles. */
  tokens: ["operator"],
  /** See keys that the site's server needs. */
  secrets: ["operator"],
  /** See who did what. */
  audit: ["approver", "operator"],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

/** What an endpoint does, in the words in which roles allow it. */
export type Action = keyof typeof allowed;

/** Every action there is. */
export const actions = Object.keys(allowed) as readonly Action[];

/** What somebody has on a site, by its name or by `everySite`; on `null`, no site in particular, by the latter only. */
export function scopesOn({ roles: grants }: Pick<Principal, "roles">, site: SiteKey | null): readonly Scope[] {
  const everywhere = grantsAt(grants, everySite);
  return site === null ? everywhere : [...everywhere, ...grantsAt(grants, site)];
}

const grantsAt = (grants: Grants, key: string): readonly Scope[] =>
  Object.hasOwn(grants, key) ? (grants[key] ?? []) : [];

/**
 * Whether the principal may do this to the site (`null`: to all of them, or to the deployment itself).
 *
 * The same answer for a site that does not exist and one of somebody else: sites can't be enumerated.
 */
export function mayDo(principal: Pick<Principal, "roles">, action: Action, site: SiteKey | null): boolean {
  const enough: readonly Scope[] = allowed[action];
  return scopesOn(principal, site).some((scope) => enough.includes(scope));
}

/** Whether somebody has any role at all: a token that only sends events is no way in for a browser. */
export const mayEnter = ({ roles: grants }: Pick<Principal, "roles">): boolean =>
  Object.values(grants).some((given) => given.some((scope) => allowed.read.some((role) => role === scope)));
