import * as z from "zod";
import { answer, type GeneralEndpoint } from "./endpoint.ts";

/** `GET /me`: who the server takes the caller for. */
const me: GeneralEndpoint = {
  method: "GET",
  path: "/me",
  action: "anyone",
  about: "Who you are, and your roles by site.",
  wire: {
    id: "whoAmI",
    returns: z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(["deployment", "person", "machine"]),
      roles: z.record(z.string(), z.array(z.string())),
    }),
  },
  handle: async ({ principal: { id, name, kind, roles } }) => answer({ id, name, kind, roles }),
};

export const whoamiEndpoints: readonly GeneralEndpoint[] = [me];
