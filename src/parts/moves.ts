import type { VisitorDatabases } from "../store/spread/databases.ts";
import { createVisitorMoves, type VisitorMoves } from "../store/spread/moves.ts";

/** Moves of visitors between databases, on the Worker's own clock. */
export const movesFor = (databases: VisitorDatabases): VisitorMoves =>
  createVisitorMoves({
    databases,
    now: Date.now,
    wait: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
  });
