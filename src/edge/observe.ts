import type { VisitorEvent } from "../core/event.ts";
import { noteHappenings } from "../core/happening.ts";
import type { Json } from "../core/json.ts";
import type { CompiledRule } from "../core/observe.ts";
import { isJson, readMediaType } from "../http/media-type.ts";
import { beginningOf } from "./bounded-copy.ts";
import type { Edge } from "./edge.ts";
import { completed, happenedBy } from "./happened.ts";
import type { Visitor } from "./identify.ts";

type Present = Exclude<Visitor, { kind: "declined" }>;

/** What the rules of a route saw. */
export interface Observed {
  /** With a visit that knows what has just happened. */
  readonly visitor: Present;
  /** How many events there will be. */
  readonly count: number;
  /** Settles when all that they say is known, when the page has gone out at the latest; never rejects. */
  readonly events: Promise<readonly VisitorEvent[]>;
}

/** Looks at one request and its answer. */
export type Observer = (asked: Promise<Response>, visitor: Present) => Promise<Observed>;

/** What is seen where nobody looks. */
export const noEvents: Promise<readonly VisitorEvent[]> = Promise.resolve([]);
const seeNothing: Observer = async (_, visitor) => ({ visitor, count: 0, events: noEvents });

/** What is larger is not looked into. */
const mostFormBytes = 16_000;
const mostJsonBytes = 64_000;

/**
 * Opens the eyes of a route's rules: before the origin is asked, which uses the request's body up. Costs nothing where there
 * are none. Crawlers and prefetches are served like anyone, and nothing is recorded of them.
 */
export function openObserver(request: Request, rules: readonly CompiledRule[], search: string, edge: Edge): Observer {
  if (rules.length === 0 || request.method === "HEAD") return seeNothing;
  const form = rules.some(asksForm) ? formOf(request) : Promise.resolve(null);
  return async (asked, visitor) => {
    if (visitor.kind !== "visitor" || !visitor.counted) return seeNothing(asked, visitor);
    const answer = await asked;
    const document = rules.some(({ kind }) => kind === "json") ? await documentOf(answer) : undefined;
    const seen = { request, search, answer, form, document };
    const happened = rules.flatMap((rule) => {
      const one = happenedBy(rule, seen, edge);
      return one === null ? [] : [{ rule, ...one }];
    });
    return {
      visitor: knowing(
        visitor,
        happened.map(({ event }) => event),
      ),
      count: happened.length,
      events: Promise.all(happened.map((one) => completed(one, one.rule))),
    };
  };
}

const asksForm = ({ kind, fields }: CompiledRule): boolean => kind === "form" && Object.keys(fields).length > 0;

/** The very same visitor when nothing happened that the next request must know. */
function knowing(visitor: Extract<Present, { kind: "visitor" }>, events: readonly VisitorEvent[]): Present {
  const { visit } = visitor;
  const happened = noteHappenings(visit.happened, events);
  return happened === visit.happened ? visitor : { ...visitor, visit: { ...visit, happened } };
}

const decoder = new TextDecoder();

async function formOf(request: Request): Promise<URLSearchParams | null> {
  const type = readMediaType(request.headers.get("content-type"));
  if (type?.essence !== "application/x-www-form-urlencoded") return null;
  if (Number(request.headers.get("content-length") ?? 0) > mostFormBytes) return null;
  const sent = await beginningOf(request, mostFormBytes);
  return sent?.whole === true ? new URLSearchParams(decoder.decode(sent.bytes)) : null;
}

async function documentOf(answer: Response): Promise<Json | undefined> {
  const type = readMediaType(answer.headers.get("content-type"));
  if (type === null || !isJson(type) || Number(answer.headers.get("content-length") ?? 0) > mostJsonBytes)
    return undefined;
  const sent = await beginningOf(answer, mostJsonBytes);
  if (sent?.whole !== true) return undefined;
  try {
    return JSON.parse(decoder.decode(sent.bytes));
  } catch {
    return undefined;
  }
}
