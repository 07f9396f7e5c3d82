import * as z from "zod";
import { shareField } from "../core/config/share.ts";
import type { Experience } from "../core/draft.ts";
import type { Bps } from "../core/ids.ts";
import { type Problem, pointerOf, problem } from "../core/problem.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { siteKey } from "./openapi/shapes.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";

const example = '{ "hero-copy": { "control": "20%", "warm": "80%" } }';
const body = z.record(z.string(), z.record(z.string(), shareField("What the variant gets.", "20%")));

const weightsNow = z.object({ site: siteKey, weights: z.record(z.string(), z.array(z.int())) });

const read: Endpoint = {
  method: "GET",
  path: "/sites/:site/weights",
  action: "read",
  about: "The weights that the site's bandits have learnt, in basis points and in the order of their variants.",
  wire: { id: "readWeights", returns: weightsNow },
  handle: async ({ site }, { weights }) => answer({ site, weights: await weights.read(site) }),
};

/** `PUT …/weights`: what whoever learns them has learnt. In force within a minute, without a release. */
const write: Endpoint = {
  method: "PUT",
  path: "/sites/:site/weights",
  action: "learn",
  about: "Replaces the weights of bandits: by experience, a share for each of its variants.",
  wire: { id: "writeWeights", body, example, returns: weightsNow },
  handle: async ({ site, request }, { releases, weights }) => {
    const parsed = await parseBody(request, body, example);
    if (!parsed.ok) return refuse(parsed.error);
    const pointer = await releases.pointer(site);
    const release = pointer === null ? null : await releases.read(pointer.release);
    if (release === null) return refuse({ kind: "not_found", what: `Nothing of site "${site}" is live yet.` });
    const problems: Problem[] = [];
    const learnt = Object.fromEntries(
      Object.entries(parsed.value).map(([key, shares]) => [
        key,
        sharesOf(key, shares, release.content.experiences[key], problems),
      ]),
    );
    if (problems.length > 0) return refuse({ kind: "problems", problems });
    await weights.write(site, learnt);
    return answer({ site, weights: learnt });
  },
};

/** The shares in the order of the variants; notes what is wrong with them. */
function sharesOf(
  key: string,
  shares: Readonly<Record<string, Bps>>,
  experience: Experience | undefined,
  problems: Problem[],
): readonly Bps[] {
  const at = pointerOf(key);
  if (experience?.kind !== "bandit") {
    problems.push(problem(at, `"${key}" is no bandit of the live release.`, "Name an experience of kind bandit."));
    return [];
  }
  const keys = experience.variants.map((variant) => variant.key);
  const strange = Object.keys(shares).filter((name) => !keys.includes(name));
  const learnt = keys.map((name) => shares[name] ?? 0);
  const sum = learnt.reduce((total, share) => total + share, 0);
  if (strange.length > 0 || sum !== 10_000) {
    const advice = `Give each of ${keys.join(", ")} a share such as "25%", together 100%.`;
    problems.push(problem(at, `The shares of "${key}" are not its variants', or are not all.`, advice));
  }
  return learnt;
}

export const weightEndpoints: readonly Endpoint[] = [read, write];
