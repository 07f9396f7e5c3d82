import type { VisitorMoves } from "../store/spread/moves.ts";

/** A strike goes on with so many thousands of visitors: whoever began the move may be gone, and messages must not wait for long. */
const chunksAtMost = 5;
const cleaningsAtMost = 20;

/** Goes on with a move of visitors that somebody began, and deletes what has moved away. @throws when a database fails. */
export async function goOnMoving(moves: VisitorMoves): Promise<void> {
  for (let chunk = 0; chunk < chunksAtMost; chunk += 1) {
    if ((await moves.advance()).kind !== "moved") break;
  }
  for (let cleaning = 0; cleaning < cleaningsAtMost; cleaning += 1) {
    if ((await moves.clean()) === 0) return;
  }
}
