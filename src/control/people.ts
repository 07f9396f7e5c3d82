import * as z from "zod";
import { everySite, roles } from "../core/roles.ts";
import { pageOf, sliceOf } from "./cursor.ts";
import { answer, type Call, type Endpoint, type GeneralEndpoint } from "./endpoint.ts";
import { pageOfMany, pageQuery } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";

/** As Cloudflare Access names somebody: an address, or a service token's client id. */
const personShape = z.union([z.email().max(254).toLowerCase(), z.string().regex(/^service:[\w.-]{1,250}$/)]);
const body = z.strictObject({ roles: z.array(z.enum(roles)).max(roles.length) });
const example = '{ "roles": ["author"] }';

const personNow = z.object({ person: z.string(), site: z.string(), roles: z.array(z.enum(roles)) });
const listWire = { query: pageQuery, returns: pageOfMany("people", personNow) };
const setWire = { body, example, returns: personNow };

async function list(site: string, request: Request, { people }: ControlPorts): Promise<Response> {
  const slice = sliceOf(request);
  if (!slice.ok) return refuse(slice.error);
  const found = await people.list(site, slice.value.after, slice.value.limit + 1);
  return answer(pageOf("people", found, slice.value, ({ person }) => person));
}

async function set(site: string, { params, request, note }: Call, ports: ControlPorts): Promise<Response> {
  const person = personShape.safeParse(params.person);
  if (!person.success)
    return refuse({
      kind: "malformed",
      why: "Name somebody by their address, or a service token as service:<client id>.",
    });
  const parsed = await parseBody(request, body, example);
  if (!parsed.ok) return refuse(parsed.error);
  const given = [...new Set(parsed.value.roles)];
  const before = (await ports.people.rolesOf(person.data))[site] ?? [];
  await ports.people.set({ person: person.data, site, roles: given }, ports.now());
  note({ before: JSON.stringify(before), after: JSON.stringify(given) });
  return answer({ person: person.data, site, roles: given });
}

const listHere: Endpoint = {
  method: "GET",
  path: "/sites/:site/people",
  action: "tokens",
  about: "Who has which roles on the site through Cloudflare Access.",
  wire: { id: "listPeople", ...listWire },
  handle: ({ site, request }, ports) => list(site, request, ports),
};

const setHere: Endpoint = {
  method: "PUT",
  path: "/sites/:site/people/:person",
  action: "tokens",
  about: "Says which roles somebody has on the site; none takes them away.",
  wire: { id: "setPerson", ...setWire },
  handle: (call, ports) => set(call.site, call, ports),
};

const listEverywhere: GeneralEndpoint = {
  method: "GET",
  path: "/people",
  action: "tokens",
  about: "Who has which roles on every site.",
  wire: { id: "listPeopleEverywhere", ...listWire },
  handle: ({ request }, ports) => list(everySite, request, ports),
};

const setEverywhere: GeneralEndpoint = {
  method: "PUT",
  path: "/people/:person",
  action: "tokens",
  about: "Says which roles somebody has on every site; none takes them away.",
  wire: { id: "setPersonEverywhere", ...setWire },
  handle: (call, ports) => set(everySite, call, ports),
};

export const peopleEndpoints: readonly Endpoint[] = [listHere, setHere];
export const everywherePeopleEndpoints: readonly GeneralEndpoint[] = [listEverywhere, setEverywhere];
