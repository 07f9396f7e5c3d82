import * as z from "zod";
import { adviceOn, type DatabaseFigures } from "../core/capacity.ts";
import type { BeginFailure, VisitorMoves } from "../store/spread/moves.ts";
import { answer, type GeneralEndpoint } from "./endpoint.ts";
import { timeMs } from "./openapi/shapes.ts";
import { parseBody } from "./read-body.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** What is known and can be done about the databases of visitors. */
export interface DatabasePorts {
  readonly moves: VisitorMoves;
  readonly figures: (nowMs: number) => Promise<readonly DatabaseFigures[]>;
  readonly queues: number;
}

const moveShape = z
  .object({
    source: z.string(),
    target: z.string(),
    at: z.string().describe("Everybody before this id has been moved."),
    until: z.string().nullable().describe("Where the move ends; null: with the last visitor."),
    isOpen: z.boolean().describe("Whether some are on their way this moment."),
    chunkUntil: z.string().nullable(),
    moved: z.int().describe("Rows moved so far."),
    sinceMs: timeMs,
  })
  .nullable();

const figuresShape = z.object({
  name: z.string(),
  sizeBytes: z.number(),
  profiles: z.int(),
  eventsInLastHour: z.int(),
  profilesChangedInLastHour: z.int(),
});

/** `GET /databases`: what each holds, what is being moved, and whether more are needed. */
const status: GeneralEndpoint = {
  method: "GET",
  path: "/databases",
  action: "visitors",
  about: "Tells what the databases of visitors hold and take, and whether more are needed.",
  wire: {
    id: "readDatabases",
    returns: z.object({
      databases: z.array(figuresShape),
      queues: z.int(),
      move: moveShape,
      advice: z.array(z.string()).describe("What should be done, for people; empty when all is well."),
    }),
  },
  handle: async (_, { databases: { moves, figures, queues }, now }) => {
    const databases = await figures(now());
    return answer({ databases, queues, move: await moves.current(), advice: adviceOn(databases, queues) });
  },
};

const example = '{ "from": "VISITORS", "to": "VISITORS_1", "shareBps": 5000 }';
const order = z.strictObject({
  from: z.string(),
  to: z.string(),
  shareBps: z.number().int().min(1).max(10_000).default(5_000),
});

/** `POST /databases/move`: writes down a move. Nothing is moved before `advance` is called. */
const move: GeneralEndpoint = {
  method: "POST",
  path: "/databases/move",
  action: "visitors",
  about: "Begins to move a share of a database's visitors to another database.",
  wire: { id: "moveVisitors", body: order, example, returns: z.object({ move: moveShape }) },
  handle: async ({ request }, { databases: { moves } }) => {
    const body = await parseBody(request, order, example);
    if (!body.ok) return refuse(body.error);
    const { from: source, to: target, shareBps } = body.value;
    const begun = await moves.begin({ source, target, shareBps });
    return begun.ok ? answer({ move: begun.value }) : refuse(refusalOf(begun.error));
  },
};

function refusalOf(failure: BeginFailure): Refusal {
  switch (failure.kind) {
    case "busy":
      return { kind: "conflict", why: `Visitors of ${failure.move.source} are being moved to ${failure.move.target}.` };
    case "unknown":
      return { kind: "conflict", why: `There is no ${failure.name}; bound are ${failure.names.join(", ")}.` };
    case "same":
      return { kind: "conflict", why: "They are there already." };
    case "empty":
      return { kind: "conflict", why: "Nobody is in that database." };
    default:
      return failure satisfies never;
  }
}

/** One call ends long before whoever called gives up. */
const patienceMs = 20_000;

/** `POST /databases/advance`: moves some thousands of visitors, or deletes what has moved away a while ago. */
const advance: GeneralEndpoint = {
  method: "POST",
  path: "/databases/advance",
  action: "visitors",
  about: "Goes on with a move: the next thousands of visitors, or the deleting of what has moved away.",
  wire: {
    id: "advanceMove",
    returns: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("idle"), cleaned: z.int().describe("Rows deleted; call again until it is none.") }),
      z.object({ kind: z.literal("busy") }),
      z.object({ kind: z.literal("moved"), rows: z.int(), move: moveShape }),
    ]),
  },
  handle: async (_, { databases: { moves }, now }) => {
    const untilMs = now() + patienceMs;
    let progress = await moves.advance();
    while (progress.kind === "moved" && progress.move !== null && now() < untilMs) progress = await moves.advance();
    return answer(progress.kind === "idle" ? { ...progress, cleaned: await moves.clean() } : progress);
  },
};

/** `POST /databases/stop`: ends a move where it stands. */
const stop: GeneralEndpoint = {
  method: "POST",
  path: "/databases/stop",
  action: "visitors",
  about: "Ends a move: who has been moved stays there.",
  wire: { id: "stopMove", returns: z.object({ stopped: z.boolean() }) },
  handle: async (_, { databases: { moves } }) => answer({ stopped: await moves.stop() }),
};

export const databaseEndpoints: readonly GeneralEndpoint[] = [status, move, advance, stop];
