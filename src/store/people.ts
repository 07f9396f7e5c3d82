import * as z from "zod";
import { type Grants, type Scope, scopes } from "../core/roles.ts";
import { parseJson } from "./parse-json.ts";

/** What a person has on one site, or everywhere (`*`). */
export interface Membership {
  /** An address in small letters, or `service:<client id>`. */
  readonly person: string;
  readonly site: string;
  readonly roles: readonly Scope[];
}

/** What people who come in by Cloudflare Access may do. */
export interface PeopleStore {
  /** By site; `{}` for somebody unknown. */
  rolesOf(person: string): Promise<Grants>;
  /** Those who have something on this site by its own name (`*`: everywhere), by person, from behind `after`. */
  list(site: string, after: string, limit: number): Promise<Membership[]>;
  /** Replaces what the person has on the site; nothing: they have nothing there any more. */
  set(membership: Membership, nowMs: number): Promise<void>;
}

interface Row {
  readonly person: string;
  readonly site: string;
  readonly roles: string;
}

export function createPeopleStore(db: D1Database): PeopleStore {
  return {
    rolesOf: async (person) => {
      const sql = "SELECT person, site, roles FROM people WHERE person = ?1";
      const { results } = await db.prepare(sql).bind(person).all<Row>();
      return Object.fromEntries(results.map((row) => [row.site, rolesIn(row)]));
    },
    list: async (site, after, limit) => {
      const sql = "SELECT person, site, roles FROM people WHERE site = ?1 AND person > ?2 ORDER BY person LIMIT ?3";
      const { results } = await db.prepare(sql).bind(site, after, limit).all<Row>();
      return results.map((row) => ({ ...row, roles: rolesIn(row) }));
    },
    set: async ({ person, site, roles }, nowMs) => {
      const drop = db.prepare("DELETE FROM people WHERE person = ?1 AND site = ?2").bind(person, site);
      const sql = `INSERT INTO people (person, site, roles, changed_at_ms) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (person, site) DO UPDATE SET roles = excluded.roles, changed_at_ms = excluded.changed_at_ms`;
      await (roles.length === 0 ? drop : db.prepare(sql).bind(person, site, JSON.stringify(roles), nowMs)).run();
    },
  };
}

const rolesShape = z.array(z.enum(scopes));

/** Roles that can't be read, as after an edit by SQL, are none. */
function rolesIn({ roles }: Row): readonly Scope[] {
  const parsed = rolesShape.safeParse(parseJson(roles));
  return parsed.success ? parsed.data : [];
}
