import type { Decision } from "../core/decision.ts";
import type { SitePolicy } from "../core/draft.ts";
import { decisionsHeader } from "../core/header-rules.ts";
import type { Edge } from "./edge.ts";
import type { OriginTarget } from "./origin.ts";

/** Beyond this an origin might refuse the whole request: most accept 8 KB of headers in all. */
const mostHeaderBytes = 4_000;

/**
 * The decision as a signed request header, for a server-rendered site that acts on it itself: which variant of each
 * experience, and nothing of the visitor (docs/decisions-header.md).
 *
 * Never rejects: an origin that is told nothing shows its own page.
 */
export async function decisionHeaders(
  { given }: Decision,
  site: SitePolicy,
  edge: Edge,
): Promise<OriginTarget["headers"]> {
  if (site.decisionsHeader !== true) return [];
  const failed = (what: string): OriginTarget["headers"] => {
    edge.report({ stage: "decisions-header", site: site.key, what });
    return [];
  };
  if (edge.decisionsSigner === null) return failed("VISIT_KEY is not set: nothing can be signed");
  try {
    const value = await edge.decisionsSigner.sign(
      JSON.stringify({
        site: site.key,
        at: Math.floor(edge.now() / 1000),
        given: Object.fromEntries(given.map(({ experience, variant }) => [experience, variant])),
      }),
    );
    return value.length > mostHeaderBytes ? failed(`${value.length} bytes are too many`) : [[decisionsHeader, value]];
  } catch (error) {
    return failed(String(error));
  }
}
