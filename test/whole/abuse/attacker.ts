import { createHmac } from "node:crypto";
import { exchange, get, type RawAnswer, valuesOf } from "../hostile-origin/raw-client.ts";
import { type AttackedSite, visitKey } from "./site.ts";

/** The site under attack, once its tests run. */
export type Attacked = () => AttackedSite;

/** A visitor's ways to send bytes. What the origin got before is forgotten. */
export function attacker(site: Attacked) {
  const send = (bytes: string): Promise<RawAnswer> => {
    site().got();
    return exchange(site().port, bytes);
  };
  return { send, ask: (target: string, ...fields: string[]) => send(get(target, ...fields)) };
}

/** All values of a header of an answer, joined. */
export const header = (answer: RawAnswer, name: string): string => valuesOf(answer, name).join(", ");

/** An answer as text, headers and body. */
export const whole = (answer: RawAnswer): string =>
  `${answer.headers.map((pair) => pair.join(": ")).join("\r\n")}\r\n\r\n${answer.body}`;

/** A text signed as the Worker does, for this purpose. */
export function signed(text: string, purpose = "visit", key = visitKey): string {
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${createHmac("sha256", key).update(`${purpose}.${payload}`).digest("base64url")}`;
}

/** The payload of a visit cookie. */
export function visit(changes: object = {}): string {
  const nowMs = Date.now();
  return JSON.stringify({
    s: 1,
    w: "shop",
    v: "visitor-known-0000001",
    f: nowMs,
    n: [1, nowMs, nowMs],
    e: [],
    ...changes,
  });
}

/** The token of a visit link. */
export const link = (changes: object = {}): string =>
  signed(JSON.stringify({ w: "shop", v: "visitor-known-0000001", x: Date.now() + 60_000, ...changes }), "visit-link");

/** The visitor that an answer's cookie names; `null` without one. */
export function visitorIn(answer: RawAnswer): string | null {
  const value = /^caramel=([^.]+)\./.exec(valuesOf(answer, "set-cookie").at(-1) ?? "")?.[1];
  return value === undefined ? null : JSON.parse(Buffer.from(value, "base64url").toString()).v;
}
