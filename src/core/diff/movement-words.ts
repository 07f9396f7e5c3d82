import type { Experience } from "../draft.ts";
import type { Movement } from "./movement.ts";
import { percent } from "./words.ts";

/** Below this nothing moves: sums of shares are not exact to the last digit. */
const nothing = 1e-9;

/** What a movement means to people, one sentence for each way to move; none when nobody moves. */
export function movementWords(movement: Movement, before: Experience, after: Experience): readonly string[] {
  const { enrolled, enters } = movement;
  const words = [...learnt(after), ...(enrolled > nothing ? enrolledWords(movement, before, after) : [])];
  if (enters > nothing) words.push(`${percent(enters)} of visitors would enter`);
  return words;
}

/** A bandit's authored weights are only where it begins. */
const learnt = ({ kind }: Experience): readonly string[] =>
  kind === "bandit" ? ["counted by the authored weights; learnt ones move visitors by themselves"] : [];

function enrolledWords(
  { enrolled, switches, leaves, ifSticky }: Movement,
  before: Experience,
  after: Experience,
): readonly string[] {
  const share = (moved: number) => (moved > nothing ? percent(moved / enrolled) : "none");
  const isSticky = after.sticky !== "none";
  const line = (moved: number, sticky: number, word: string): readonly string[] => {
    if (moved <= nothing && sticky <= nothing) return [];
    if (!isSticky) return [`${share(moved)} of enrolled visitors would ${word}, ${share(sticky)} if sticky`];
    return [`${share(sticky)} of enrolled visitors would ${word}, as it is sticky; ${share(moved)} by hash`];
  };
  const anew =
    isSticky && before.version !== after.version && before.version >= after.minVersion
      ? ["the new version begins anew: nobody is held to an earlier variant"]
      : [];
  return [...anew, ...line(switches, ifSticky.switches, "switch"), ...line(leaves, ifSticky.leaves, "leave")];
}
