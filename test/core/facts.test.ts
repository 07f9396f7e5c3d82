import { describe, it } from "vitest";
import { factAt } from "../../src/core/facts.ts";
import { type Someone, subjectFor } from "./given.ts";

function read(path: string, someone: Someone = {}, withinMs: number | null = null): unknown {
  const fact = factAt(path, withinMs);
  return fact.ok ? fact.value.read(subjectFor(someone)) : `refused: ${fact.error}`;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.parse("2026-11-23T12:00:00Z");
const order = {
  count: 7,
  firstMs: nowMs - 200 * dayMs,
  lastMs: nowMs - 3 * hourMs,
  hours: [
    [Math.floor(nowMs / hourMs) - 30, 1],
    [Math.floor(nowMs / hourMs) - 3, 2],
  ] as const,
  days: [
    [Math.floor(nowMs / dayMs) - 40, 1],
    [Math.floor(nowMs / dayMs) - 1, 1],
    [Math.floor(nowMs / dayMs), 2],
  ] as const,
};

describe("facts", () => {
  it("of who is asked about", ({ expect }) => {
    const someone = { id: "visitor-1", user: "u-17", url: "https://shop.example/books?q=1" };
    expect([read("unit.visitor", someone), read("unit.user", someone)]).toEqual(["visitor-1", "u-17"]);
    expect([read("unit.user"), read("unit.visitor", { id: "" })]).toEqual([null, null]);
    expect(read("unit.company", someone)).toContain("visitor, user and session");
    expect([read("context.search", someone), read("context.target", someone)]).toEqual(["?q=1", "/books?q=1"]);
  });

  it("of the request", ({ expect }) => {
    const someone = {
      url: "https://shop.example/books/a?utm_source=news&q=x%20y",
      headers: {
        referer: "https://elsewhere.example/",
        "accept-language": "fr-CH,en;q=.5",
        "user-agent": "iPhone Mobile",
      },
      country: "CH",
      timezone: "Europe/Zurich",
    };
    expect(read("context.path", someone)).toBe("/books/a");
    expect(read("context.query.q", someone)).toBe("x y");
    expect(read("context.utm.source", someone)).toBe("news");
    expect(read("context.utm.term", someone)).toBeNull();
    expect(read("context.country", someone)).toBe("CH");
    expect(read("context.hour", someone)).toBe(13);
    expect(read("context.language", someone)).toBe("fr-ch");
    expect(read("context.device", someone)).toBe("mobile");
    expect(read("context.referrer", someone)).toBe("https://elsewhere.example/");
    expect(read("context.returning", someone)).toBe(false);
  });

  it("of the stored profile, and absent without one", ({ expect }) => {
    const someone = { profile: { traits: { bought: { art: 3 } }, affinities: { crime: 0.4 } } };
    expect(read("trait.bought.art", someone)).toBe(3);
    expect(read("trait.bought.art")).toBeNull();
    expect(read("affinity.crime", someone)).toBe(0.4);
    expect(read("affinity.art", someone)).toBe(0);
  });

  it("of events, in a window where one is asked for", ({ expect }) => {
    const someone = { profile: { events: { order } } };
    expect(read("event.order.count", someone)).toBe(7);
    expect(read("event.order.count", someone, 4 * hourMs)).toBe(2);
    expect(read("event.order.count", someone, 7 * dayMs)).toBe(3);
    expect(read("event.order.count", someone, 60 * dayMs)).toBe(4);
    expect(read("event.order.last", someone)).toBe(order.lastMs);
    expect(read("event.order.first", someone, 90 * dayMs)).toBeNull();
    expect(read("event.order.daysSince", someone)).toBe(0);
    expect(read("event.never.count", someone)).toBe(0);
    expect(read("event.never.last", someone)).toBeNull();
  });

  it("never reach a prototype", ({ expect }) => {
    const someone = { profile: { traits: {} } };
    for (const path of [
      "trait.__proto__",
      "trait.constructor.name",
      "affinity.constructor",
      "event.constructor.count",
    ]) {
      expect([null, 0]).toContain(read(path, someone));
    }
  });

  it("that do not exist are refused with what to write", ({ expect }) => {
    expect(read("context.weather")).toContain("country");
    expect(read("trait")).toContain("and then a name");
    expect(read("weather.today")).toContain("a fact begins with");
    expect(read("event.order.median")).toContain("event.<name>.count");
    expect(read("trait.tier", {}, dayMs)).toContain("events only");
  });
});
