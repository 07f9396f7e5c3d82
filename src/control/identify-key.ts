import * as z from "zod";
import { answer, type Endpoint } from "./endpoint.ts";
import { siteKey } from "./openapi/shapes.ts";
import { refuse } from "./refusal.ts";

/** `POST …/identify-key`: the key with which the site's server signs its users' ids. A POST, so that it stays out of histories. */
const show: Endpoint = {
  method: "POST",
  path: "/sites/:site/identify-key",
  action: "secrets",
  about: "The secret key with which the site's server signs its users' ids.",
  wire: { id: "showIdentifyKey", returns: z.object({ site: siteKey, key: z.string() }) },
  repeated: "harmless",
  handle: async ({ site }, { identifyKey }) => {
    const key = await identifyKey(site);
    return key === null
      ? refuse({ kind: "unavailable", why: "Neither IDENTIFY_KEY nor VISIT_KEY is set: nothing can be signed." })
      : answer({ site, key });
  },
};

export const identifyKeyEndpoints: readonly Endpoint[] = [show];
