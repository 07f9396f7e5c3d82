/** What a person may be on a site, each apart from the others: whoever authors does not thereby approve. All may read. */
export const roles = ["viewer", "author", "approver", "operator"] as const;

/** What a token may be good for: a role, or sending events and nothing else. */
export const scopes = [...roles, "ingest"] as const;
export type Scope = (typeof scopes)[number];

/** Scopes by site key; `"*"` stands for every site, those to come included. */
export type Grants = Readonly<Record<string, readonly Scope[]>>;

/** The key of `Grants`, and of the audit, that stands for every site and for the deployment itself. */
export const everySite = "*";
