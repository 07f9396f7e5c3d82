import { env } from "cloudflare:workers";
import type { Delivery } from "../../src/collect/groups.ts";
import type { Envelope, Exposure, VisitorEvent } from "../../src/core/event.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";

/** A message whose fate can be looked up: what the consumer said last, or `null` while it said nothing. */
export interface TestDelivery extends Delivery {
  fate: "ack" | "retry" | null;
}

let deliveries = 0;

export function delivery(body: unknown, attempts = 1): TestDelivery {
  const one: TestDelivery = {
    id: `m${deliveries++}`,
    body,
    attempts,
    fate: null,
    ack: () => {
      one.fate = "ack";
    },
    retry: () => {
      one.fate = "retry";
    },
  };
  return one;
}

export const envelope = (visitor: string, changes: Partial<Envelope> = {}): Envelope => ({
  shape: 1,
  site: "shop" as SiteKey,
  visitor: visitor as VisitorId,
  user: null,
  exposures: [],
  events: [],
  refresh: false,
  ...changes,
});

export const event = (id: string, changes: Partial<VisitorEvent> = {}): VisitorEvent => ({
  id,
  name: "view",
  atMs: 1_700_000_000_000,
  value: null,
  props: {},
  source: "page",
  ...changes,
});

export const exposure = (experience: string, changes: Partial<Exposure> = {}): Exposure => ({
  experience,
  version: 1,
  variant: "control",
  release: "r_1" as ReleaseId,
  propensityBps: 5000,
  route: "/",
  atMs: 1_700_000_000_000,
  sticky: false,
  ...changes,
});

/** Everything that D1 and KV hold of a site's visitors, without what differs from run to run. */
export async function dump(site: string): Promise<unknown> {
  const rows = async (sql: string) => (await env.VISITORS.prepare(sql).bind(site).all()).results;
  const { keys } = await env.KV.list({ prefix: "profile:" });
  const own = keys.map(({ name }) => name).filter((name) => name.endsWith(`:${site}`));
  return {
    events: await rows(
      "SELECT visitor, id, user, name, at_ms, value, props, source FROM events WHERE site = ? ORDER BY visitor, id",
    ),
    exposures: await rows(
      `SELECT visitor, experience, version, user, variant, release, propensity_bps, route, at_ms, sticky FROM exposures
       WHERE site = ? ORDER BY visitor, experience, version`,
    ),
    profiles: await rows("SELECT visitor, profile FROM profiles WHERE site = ? ORDER BY visitor"),
    copies: await Promise.all(own.map(async (name) => [name, await env.KV.get(name)])),
  };
}
