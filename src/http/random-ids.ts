import type { VisitorId } from "../core/ids.ts";
import { encodeBase64Url } from "./signed.ts";

/** 132 random bits: nobody's by chance, and too many to guess. */
export const newVisitorId = (): VisitorId =>
  encodeBase64Url(crypto.getRandomValues(new Uint8Array(17))).slice(0, 22) as VisitorId;

/** 72 random bits: unique among a visitor's events, which is all that the ledger asks of it. */
export const newEventId = (): string => encodeBase64Url(crypto.getRandomValues(new Uint8Array(9)));
