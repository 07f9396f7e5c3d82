import { queryOf } from "../core/context.ts";
import type { VisitorEvent } from "../core/event.ts";
import { itemIn } from "../core/item-facts.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { localTimeOf } from "../core/local-time.ts";
import { type CompiledRule, isAccepted } from "../core/observe.ts";
import { atPointer, keptText, listedProps, valueIn } from "../core/observed-props.ts";
import type { Edge } from "./edge.ts";
import { pageFactsOf } from "./page-facts.ts";

/** One request and its answer, as far as rules look. */
export interface Seen {
  readonly request: Request;
  readonly search: string;
  readonly answer: Response;
  /** The fields of the posted form; `null` when it is none, too large, or nobody asks. */
  readonly form: Promise<URLSearchParams | null>;
  /** The document that was answered; `undefined` likewise. */
  readonly document: Json | undefined;
}

/** Something that happened, with what will only be known later: the form's fields, the page's item. */
export interface Happened {
  readonly event: VisitorEvent;
  readonly later: Promise<JsonObject> | null;
}

/** What a rule makes of it; `null` when it did not happen. Never throws. */
export function happenedBy(rule: CompiledRule, seen: Seen, edge: Edge): Happened | null {
  if (!isAccepted(rule.kind, seen.answer.status)) return null;
  const query = queryOf(seen.search);
  const inQuery = (name: string) => query[name] ?? null;
  const listed = () => listedProps(rule.fields, inQuery);
  switch (rule.kind) {
    case "view":
      return { event: eventOf(rule, seen, edge, listed()), later: rule.item ? itemOf(seen.answer) : null };
    case "form":
      return { event: eventOf(rule, seen, edge, {}), later: formProps(rule, seen.form) };
    case "search": {
      const asked = keptText(inQuery(rule.parameter ?? ""));
      return asked === null ? null : { event: eventOf(rule, seen, edge, { query: asked, ...listed() }), later: null };
    }
    case "json": {
      const found = foundIn(seen.document, rule.pointer ?? "");
      return found === null ? null : { event: { ...eventOf(rule, seen, edge, found.props), ...found }, later: null };
    }
    default:
      return rule.kind satisfies never;
  }
}

/** The whole event, when everything is known. */
export async function completed({ event, later }: Happened, { value }: CompiledRule): Promise<VisitorEvent> {
  if (later === null) return event;
  const props = { ...event.props, ...(await later.catch(() => ({}))) };
  return { ...event, props, value: event.value ?? valueIn(props, value) };
}

function eventOf(rule: CompiledRule, { request }: Seen, edge: Edge, props: JsonObject): VisitorEvent {
  const atMs = edge.now();
  const zone = request.cf?.timezone;
  return {
    id: edge.newEventId(),
    name: rule.event,
    atMs,
    value: valueIn(props, rule.value),
    props,
    source: "edge",
    ...(typeof zone === "string" ? { hourOfWeek: hourOfWeek(atMs, zone) } : {}),
    ...(rule.carried ? { carried: true } : {}),
  };
}

function hourOfWeek(atMs: number, zone: string): number {
  const { weekday, hour } = localTimeOf(atMs, zone);
  return weekday * 24 + hour;
}

const itemOf = async (answer: Response): Promise<JsonObject> => itemIn(await pageFactsOf(answer)) ?? {};

const formProps = async ({ fields }: CompiledRule, form: Seen["form"]): Promise<JsonObject> => {
  const sent = await form;
  return sent === null ? {} : listedProps(fields, (name) => sent.get(name));
};

/** A number is the event's value, a text its property `value`; anything but `null` and `false` says that it happened. */
function foundIn(document: Json | undefined, pointer: string): Pick<VisitorEvent, "value" | "props"> | null {
  const found = document === undefined ? undefined : atPointer(document, pointer);
  if (found === undefined || found === null || found === false) return null;
  if (typeof found === "number") return { value: found, props: {} };
  const text = typeof found === "string" ? keptText(found) : null;
  return { value: null, props: text === null ? {} : { value: text } };
}
