import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import { isVisitorId } from "../core/visit.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { siteKey } from "./openapi/shapes.ts";
import type { ProfileSeed } from "./ports.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";

/** A visitor's traits, whose keys conditions name: no key of the language may hide among them. */
const traits = z
  .record(z.string().min(1).max(200), z.json())
  .refine((value) => !Object.hasOwn(value, "__proto__"), { error: "__proto__ can't be a key" });

const visitorId = z.string().refine(isVisitorId, { error: "A visitor's id has 16 to 64 letters, digits, - or _" });
const time = z.number().int().min(0);
const buckets = z.array(z.tuple([time, time])).max(100);

const eventFacts = z
  .strictObject({ count: time, firstMs: time, lastMs: time, hours: buckets.optional(), days: buckets.optional() })
  .transform((facts) => ({ ...facts, hours: facts.hours ?? [], days: facts.days ?? [] }));

const seed = z.strictObject({
  visitor: visitorId,
  traits: traits.optional(),
  affinities: z.record(z.string(), z.number().min(0).max(1)).optional(),
  events: z.record(z.string(), eventFacts).optional(),
});

const seeds = z.array(seed).min(1).max(1000);
const seedBytes = 1_000_000;

const traitsExample = '{ "readingHour": 23 }';
const seedsExample = '[{ "visitor": "a-visitor-of-the-shop", "traits": { "readingHour": 23 } }]';
const notAnId = "A visitor's id has 16 to 64 letters, digits, - or _.";

/** `GET …/visitors/:visitor?reason=…`: what is stored of somebody. Why it was looked at stands in the audit. */
const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/visitors/:visitor",
  action: "visitors",
  about: "What is stored of a visitor. Takes a reason, which is written into the audit.",
  looksAtVisitor: () => true,
  wire: { id: "readVisitor", returns: z.object({ visitor: z.string(), profile: z.looseObject({}) }) },
  handle: async ({ site, params }, { visitors }) => {
    const { visitor = "" } = params;
    if (!isVisitorId(visitor)) return refuse({ kind: "not_found", what: notAnId });
    const profile = await visitors.read(visitor, site);
    if (profile === null) return refuse({ kind: "not_found", what: `Nothing is stored of this visitor on "${site}".` });
    return answer({ visitor, profile });
  },
};

/** `PUT …/visitors/:visitor/traits`: sets some traits and leaves the others; `null` forgets one. */
const setTraits: Endpoint = {
  method: "PUT",
  path: "/sites/:site/visitors/:visitor/traits",
  action: "visitors",
  about: "Sets traits of a visitor and leaves the others as they are; null forgets one.",
  wire: {
    id: "setTraits",
    body: traits,
    example: traitsExample,
    returns: z.object({ visitor: z.string(), traits: z.record(z.string(), z.unknown()) }),
  },
  handle: async ({ site, params, request }, { visitors }) => {
    const { visitor = "" } = params;
    if (!isVisitorId(visitor)) return refuse({ kind: "not_found", what: notAnId });
    const body = await parseBody(request, traits, traitsExample);
    if (!body.ok) return refuse(body.error);
    const profile = await visitors.setTraits(visitor, site, body.value as JsonObject);
    return answer({ visitor, traits: profile.traits });
  },
};

/** `POST …/visitors`: writes what is known of many visitors, one after another. Repeating it changes nothing. */
const seedMany: Endpoint = {
  method: "POST",
  path: "/sites/:site/visitors",
  action: "visitors",
  about: "Replaces traits, affinities and event facts of many visitors, as far as given.",
  wire: {
    id: "seedVisitors",
    body: seeds,
    example: seedsExample,
    returns: z.object({ site: siteKey, visitors: z.int() }),
  },
  handle: async ({ site, request }, { visitors }) => {
    const body = await parseBody(request, seeds, seedsExample, seedBytes);
    if (!body.ok) return refuse(body.error);
    for (const { visitor, ...given } of body.value) await visitors.seed(visitor, site, given as ProfileSeed);
    return answer({ site, visitors: body.value.length });
  },
};

export const visitorEndpoints: readonly Endpoint[] = [read, setTraits, seedMany];
