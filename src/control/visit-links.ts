import * as z from "zod";
import { isVisitorId } from "../core/visit.ts";
import { visitLink } from "../core/visit-link.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { timeMs } from "./openapi/shapes.ts";
import { ownPath } from "./own-path.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { baseOf } from "./site-base.ts";

const daySeconds = 24 * 60 * 60;

const linkBody = z.strictObject({
  visitor: z.string().refine(isVisitorId, { error: "A visitor's id has 16 to 64 letters, digits, - or _" }),
  to: ownPath.default("/"),
  expiresInS: z
    .int()
    .min(1)
    .max(90 * daySeconds)
    .default(daySeconds),
});

const linkExample = '{ "visitor": "a-visitor-of-the-shop", "to": "/", "expiresInS": 3600 }';

/** `POST …/visit-links`: an address that makes whoever opens it this visitor, until it expires. For demos and tests. */
const create: Endpoint = {
  method: "POST",
  path: "/sites/:site/visit-links",
  action: "visitors",
  about: "A signed address that opens the site as a visitor.",
  wire: {
    id: "createVisitLink",
    body: linkBody,
    example: linkExample,
    returns: z.object({ url: z.string(), visitor: z.string(), expiresAtMs: timeMs }),
    status: 201,
  },
  repeated: "harmless",
  handle: async ({ site, request }, { drafts, signVisit, now }) => {
    const body = await parseBody(request, linkBody, linkExample);
    if (!body.ok) return refuse(body.error);
    const stored = await drafts.read(site);
    if (stored === null) return refuse({ kind: "not_found", what: `There is no site "${site}".` });
    const { visitor, to, expiresInS } = body.value;
    const expiresAtMs = now() + expiresInS * 1000;
    const token = await signVisit({ site, visitor, expiresAtMs });
    const hosts = stored.draft.ok ? stored.draft.value.site.hosts : [];
    return answer({ url: visitLink(baseOf(hosts, request), to, token), visitor, expiresAtMs }, { status: 201 });
  },
};

export const visitLinkEndpoints: readonly Endpoint[] = [create];
