import type { Draft } from "../core/draft.ts";
import { type Problem, problem } from "../core/problem.ts";
import { isPrivateOrigin } from "../http/private-address.ts";

/** What this deployment refuses: an origin inside a private network would be a way into it, except in development. */
export const policyCheck =
  (allowPrivateOrigins: boolean) =>
  ({ site: { origin } }: Draft): readonly Problem[] =>
    allowPrivateOrigins || !isPrivateOrigin(origin)
      ? []
      : [
          problem(
            "/origin",
            `"${origin}" is an address of a private network, which this deployment does not ask.`,
            "Write the website's public address.",
          ),
        ];
