import type { Env } from "../env.ts";
import { type AwaitedStore, createAwaitedStore } from "../store/awaited.ts";
import { createIdentityStore, type IdentityStore } from "../store/identities.ts";
import { createMergeStore, type MergeStore } from "../store/merging.ts";
import { createPrivacyStore, type PrivacyStore } from "../store/privacy.ts";
import { createProfileStore, type ProfileStore, profilesOver } from "../store/profiles.ts";
import { createRetentionStore, type RetentionStore } from "../store/retention.ts";
import { spreadAwaited } from "../store/spread/awaited.ts";
import { createVisitorDatabases, type VisitorDatabases } from "../store/spread/databases.ts";
import { spreadIdentities } from "../store/spread/identities.ts";
import { spreadMerging } from "../store/spread/merging.ts";
import { spreadPrivacy } from "../store/spread/privacy.ts";
import { spreadRetention } from "../store/spread/retention.ts";
import { type PlaceOf, placesOf, spreadVisitors } from "../store/spread/visitors.ts";
import { createVisitorStore, type VisitorStore } from "../store/visitors.ts";
import { moreDatabases } from "./numbered.ts";

/** Everything that speaks to the databases of visitors. */
export interface VisitorStores {
  readonly databases: VisitorDatabases;
  readonly visitors: VisitorStore;
  readonly identities: IdentityStore;
  readonly merging: MergeStore;
  readonly profiles: ProfileStore;
  readonly privacy: PrivacyStore;
  readonly awaited: AwaitedStore;
  readonly retention: RetentionStore;
  /** Where visitors are; left out where there is only one place. */
  readonly placesOf?: () => Promise<PlaceOf>;
}

const built = new WeakMap<Env, VisitorStores>();

/** The stores of a deployment, once per isolate. With `VISITORS` alone no map is read, and nothing is asked twice. */
export function visitorStoresFor(env: Env): VisitorStores {
  const known = built.get(env);
  if (known !== undefined) return known;
  const databases = createVisitorDatabases(env.VISITORS, moreDatabases(env), Date.now);
  const made = databases.all.length === 1 ? inOne(env, databases) : inSeveral(env, databases);
  built.set(env, made);
  return made;
}

function inOne({ KV: kv, VISITORS: db }: Env, databases: VisitorDatabases): VisitorStores {
  const profiles = createProfileStore({ kv, db });
  return {
    databases,
    profiles,
    visitors: createVisitorStore(db),
    identities: createIdentityStore(db),
    merging: createMergeStore(db),
    privacy: createPrivacyStore(db, profiles),
    awaited: createAwaitedStore(db),
    retention: createRetentionStore(db),
  };
}

function inSeveral({ KV: kv }: Env, databases: VisitorDatabases): VisitorStores {
  const visitors = spreadVisitors(databases);
  const profiles = profilesOver(visitors, kv);
  return {
    databases,
    visitors,
    profiles,
    identities: spreadIdentities(databases),
    merging: spreadMerging(databases),
    privacy: spreadPrivacy(databases, profiles),
    awaited: spreadAwaited(databases),
    retention: spreadRetention(databases),
    placesOf: placesOf(databases),
  };
}
