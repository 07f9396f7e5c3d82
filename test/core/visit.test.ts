import { describe, it } from "vitest";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import {
  continueVisit,
  decodeVisit,
  encodeVisit,
  enrol,
  isEnrolled,
  mostPayloadBytes,
  newVisit,
  sessionGapMs,
  sessionIdOf,
} from "../../src/core/visit.ts";

const site = "shop" as SiteKey;
const visitor = "abcdefghijklmnopqrstuv" as VisitorId;
const bornMs = 1_760_000_000_000;
const fresh = newVisit(site, visitor, bornMs);

describe("visit", () => {
  it("comes back from the cookie as it went in", ({ expect }) => {
    const visit = enrol(fresh, { "hero-copy": { variant: "warm", version: 3 } });
    expect(decodeVisit(encodeVisit(visit), site)).toEqual(visit);
  });

  it("belongs to one site: another site's visit is nobody's", ({ expect }) => {
    expect(decodeVisit(encodeVisit(fresh), "other" as SiteKey)).toBeNull();
  });

  it.for([
    "",
    "null",
    "[]",
    "{",
    '{"s":1}',
    '{"s":2,"w":"shop"}',
    '{"s":1,"w":"shop","v":"short","f":1,"n":[1,1,1]}',
    '{"s":1,"w":"shop","v":"abcdefghijklmnopqrstuv","f":"x","n":[1,1,1]}',
    '{"s":1,"w":"shop","v":"abcdefghijklmnopqrstuv","f":1,"n":"no"}',
    '{"s":1,"w":"shop","v":{"__proto__":1},"f":1,"n":[1,1,1]}',
  ])("reads %s as nobody", (text, { expect }) => {
    expect(decodeVisit(text, site)).toBeNull();
  });

  it("never grows beyond its bound: the oldest enrolments are forgotten first", ({ expect }) => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`experience-${at}`, { variant: "treatment", version: 1 }]),
    );
    const text = encodeVisit(enrol(fresh, many));
    const read = decodeVisit(text, site);
    expect(text.length).toBeLessThanOrEqual(mostPayloadBytes);
    expect(read !== null && isEnrolled(read, "experience-199", 1)).toBe(true);
    expect(read !== null && isEnrolled(read, "experience-0", 1)).toBe(false);
  });

  it("takes an experience named like a prototype's member for what it is", ({ expect }) => {
    expect(isEnrolled(fresh, "constructor", 1)).toBe(false);
    const visit = enrol(fresh, { constructor: { variant: "a", version: 1 } });
    expect(isEnrolled(visit, "constructor", 1)).toBe(true);
  });

  it("is the very same object when there is nothing new to remember", ({ expect }) => {
    const visit = enrol(fresh, { hero: { variant: "a", version: 1 } });
    expect(enrol(visit, { hero: { variant: "a", version: 1 } })).toBe(visit);
    expect(continueVisit(visit, bornMs + 1000)).toBe(visit);
  });

  it("begins another session only after a long pause", ({ expect }) => {
    const same = continueVisit(fresh, bornMs + sessionGapMs);
    const next = continueVisit(fresh, bornMs + sessionGapMs + 1);
    expect(sessionIdOf(same)).toBe(sessionIdOf(fresh));
    expect(next.session.number).toBe(2);
    expect(sessionIdOf(next)).not.toBe(sessionIdOf(fresh));
  });
});
