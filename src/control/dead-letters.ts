import * as z from "zod";
import { isObject, type Json } from "../core/json.ts";
import type { DeadLetter, DeadLetterStore } from "../store/dead-letters.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { siteKey, timeMs } from "./openapi/shapes.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";

export interface DeadLetterPorts extends Pick<DeadLetterStore, "list" | "count" | "remove"> {
  /** Puts messages back on the queue as they were. Resolves when the queue has all of them. */
  readonly resend: (bodies: readonly Json[]) => Promise<void>;
}

const shownAtMost = 200;
const resentAtOnce = 100;
const farAwayMs = 8.64e15;

const letterShape = z.object({
  id: z.string(),
  visitor: z.string().nullable(),
  reason: z.string(),
  times: z.int().describe("How often it has come here."),
  atMs: timeMs,
  events: z.array(z.string()).describe("The names of the events in it."),
});

/** `GET …/dead-letters`: messages that could not be taken in, oldest first, with the reason. */
const list: Endpoint = {
  method: "GET",
  path: "/sites/:site/dead-letters",
  action: "visitors",
  about: "Lists messages about visitors that could not be taken in, with the reason.",
  wire: { id: "listDeadLetters", returns: z.object({ site: siteKey, total: z.int(), letters: z.array(letterShape) }) },
  handle: async ({ site }, { deadLetters }) => {
    const letters = await deadLetters.list(site, farAwayMs, shownAtMost);
    return answer({ site, total: await deadLetters.count(site), letters: letters.map(shown) });
  },
};

/** What was done is shown by its names: values may be personal. */
const shown = ({ id, visitor, reason, times, atMs, body }: DeadLetter) => ({
  id,
  visitor,
  reason,
  times,
  atMs,
  events: isObject(body) && Array.isArray(body.events) ? body.events.map(nameOf) : [],
});

const nameOf = (event: unknown): string => (isObject(event) && typeof event.name === "string" ? event.name : "?");

const example = '{ "until": 1795435200000 }';
const span = z.strictObject({ until: z.number().int().min(0).optional() });

/**
 * `POST …/dead-letters/replay`: puts the oldest hundred back on the queue, then removes them. Dying in between sends them again with
 * the next call; events count by their ids, so that changes nothing.
 */
const replay: Endpoint = {
  method: "POST",
  path: "/sites/:site/dead-letters/replay",
  action: "visitors",
  about: "Puts the oldest hundred messages that could not be taken in back on the queue.",
  wire: {
    id: "replayDeadLetters",
    body: span,
    example,
    returns: z.object({ site: siteKey, sent: z.int(), left: z.int() }),
  },
  handle: async ({ site, request }, { deadLetters, now }) => {
    const body = await parseBody(request, span, example);
    if (!body.ok) return refuse(body.error);
    const letters = await deadLetters.list(site, body.value.until ?? now(), resentAtOnce);
    await deadLetters.resend(letters.map(({ body: message }) => message));
    await deadLetters.remove(letters);
    return answer({ site, sent: letters.length, left: await deadLetters.count(site) });
  },
};

export const deadLetterEndpoints: readonly Endpoint[] = [list, replay];
