import { allowedPurposes } from "../core/consent.ts";
import type { Draft } from "../core/draft.ts";
import type { SiteKey, UserId, VisitorId } from "../core/ids.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { isVisitorId } from "../core/visit.ts";
import { whoKey } from "../store/who.ts";
import type { EventIn } from "./event-in.ts";
import type { CollectPorts, Known } from "./ports.ts";
import { isUserId } from "./user-id.ts";

/** Whose an event is, in the words of a server: an event's own word first, then the batch's. */
type Name = { readonly visitor: VisitorId } | { readonly user: UserId } | null;

/**
 * Finds the people that a server's events name, with what they allow: a visitor by id, a user by the site's own id.
 *
 * Users whom no page has identified yet get a visitor of their own, with whom a page that does identify them is merged.
 *
 * @returns whose an event is; `null` when the server says it not, or not well.
 * @throws when D1 fails: nothing was taken then.
 */
export async function subjectsNamed(
  events: readonly EventIn[],
  batch: JsonObject,
  site: Draft,
  ports: CollectPorts,
): Promise<(event: EventIn) => Known | null> {
  const nameOf = (event: EventIn): Name => nameIn(event.visitor, event.user) ?? nameIn(batch.visitor, batch.user);
  const users = new Map<UserId, VisitorId>();
  for (const name of events.map(nameOf)) {
    if (name === null || !("user" in name) || users.has(name.user)) continue;
    users.set(name.user, await canonicalOf(name.user, site.site.key, ports));
  }
  const known = events.map(nameOf).flatMap((name) => personIn(name, users) ?? []);
  const said = await ports.privacy.consents(known.map(({ visitor }) => ({ visitor, site: site.site.key })));
  return (event) => {
    const person = personIn(nameOf(event), users);
    if (person === null) return null;
    const purposes = said.get(whoKey({ visitor: person.visitor, site: site.site.key }));
    return { ...person, allowed: purposes ?? allowedPurposes(site.site.consent, null, false) };
  };
}

const canonicalOf = (
  user: UserId,
  site: SiteKey,
  { identities, newVisitorId, now }: CollectPorts,
): Promise<VisitorId> => identities.canonicalOf(user, site, newVisitorId(), now());

function nameIn(visitor: Json | undefined, user: Json | undefined): Name {
  if (isVisitorId(visitor)) return { visitor };
  return isUserId(user) ? { user } : null;
}

function personIn(name: Name, users: ReadonlyMap<UserId, VisitorId>): Omit<Known, "allowed"> | null {
  if (name === null) return null;
  if ("visitor" in name) return { visitor: name.visitor, user: null };
  const visitor = users.get(name.user);
  return visitor === undefined ? null : { visitor, user: name.user };
}
