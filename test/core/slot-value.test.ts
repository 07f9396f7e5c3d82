import { describe, it } from "vitest";
import { checkDraft } from "../../src/core/check/check-draft.ts";
import { explain } from "../../src/core/explain.ts";
import { conflictsIn } from "../../src/core/rivals.ts";
import { draftFrom, givenTo, releaseFrom, subjectFor } from "./given.ts";

const slots = { fast: { type: "boolean", default: false }, title: { type: "text", default: "Plain" } };
const setting = (slot: string, value: unknown, more: object = {}) => ({
  kind: "personalization",
  routes: [],
  variants: { on: { slots: { [slot]: value } } },
  ...more,
});
const slotValue = (experiences: object, slot: string, someone = {}) =>
  releaseFrom({ slots, experiences }).slotFor(slot, subjectFor(someone));

describe("a slot's value for an application", () => {
  it("is the default, with no experience, where none gives a variant", ({ expect }) => {
    expect(slotValue({}, "fast")).toEqual({
      value: false,
      experience: null,
      variant: null,
      reason: "DEFAULT",
      detail: null,
    });
    const french = { french: setting("fast", true, { audience: { "context.country": "FR" } }) };
    expect(slotValue(french, "fast", { country: "DE" })).toMatchObject({ value: false, experience: null });
    expect(slotValue({}, "unknown")).toBeNull();
  });

  it("is that of the highest priority, whatever their routes", ({ expect }) => {
    const both = {
      low: setting("title", "Low", { routes: ["/a"], priority: 1 }),
      high: setting("title", "High", { routes: ["/b"], priority: 2 }),
    };
    expect(slotValue(both, "title")).toMatchObject({ value: "High", experience: "high", variant: "on" });
  });

  it("is the default for an arm that leaves it alone: control is an answer, too", ({ expect }) => {
    const control = {
      test: setting("title", "", {
        kind: "experiment",
        priority: 2,
        variants: { control: { weight: "100%" }, warm: { weight: "0%", slots: { title: "Warm" } } },
      }),
      below: setting("title", "Below"),
    };
    expect(slotValue(control, "title")).toMatchObject({ value: "Plain", experience: "test", variant: "control" });
  });
});

describe("an experience that requires a slot's value", () => {
  const requires = (when: object, more: object = {}) => ({
    ...setting("title", "Quick", { prerequisites: [{ slot: "fast", when }], ...more }),
  });

  it("is given where the slot has it, and not elsewhere", ({ expect }) => {
    const fastInFrance = setting("fast", true, { audience: { "context.country": "FR" } });
    const experiences = { fast: fastInFrance, quick: requires({ value: true }) };
    expect(slotValue(experiences, "title", { country: "FR" })?.value).toBe("Quick");
    expect(slotValue(experiences, "title", { country: "DE" })?.value).toBe("Plain");
    const unless = { fast: fastInFrance, quick: requires({ $not: { value: true } }) };
    expect(slotValue(unless, "title", { country: "DE" })?.value).toBe("Quick");
  });

  it("is shut where slots wait for one another, which is refused on save", ({ expect }) => {
    const circle = {
      a: setting("fast", true, { prerequisites: [{ slot: "title", when: { value: "Quick" } }] }),
      b: requires({ value: true }),
    };
    expect(slotValue(circle, "title")?.value).toBe("Plain");
    const problems = checkDraft(draftFrom({ slots, experiences: circle }), { checkSelector: () => null });
    expect(problems.map(({ message }) => message).join()).toContain("circle");
  });

  it("is refused on save where there is no such slot, or the condition asks for more than its value", ({ expect }) => {
    const messages = (prerequisite: object) =>
      checkDraft(draftFrom({ slots, experiences: { a: setting("fast", true, { prerequisites: [prerequisite] }) } }), {
        checkSelector: () => null,
      }).map(({ path, message }) => `${path} ${message}`);
    expect(messages({ slot: "titel", when: { value: 1 } }).join()).toContain("/prerequisites/0/slot");
    expect(messages({ slot: "title", when: { "context.country": 1 } }).join()).toContain("is no fact");
    expect(messages({ slot: "title", when: { value: { $gtt: 1 } } }).join()).toContain("$gtt");
  });

  it("explains itself", ({ expect }) => {
    const release = releaseFrom({ slots, experiences: { quick: requires({ value: true }) } });
    const [explained] = explain(release, subjectFor()).experiences;
    expect(explained?.because).toContain('{"value":true} of slot `fast`, which is false');
  });
});

describe("a slot as a place", () => {
  it("is contested by all that set it, without any place in a page", ({ expect }) => {
    const draft = draftFrom({
      slots,
      experiences: { one: setting("fast", true), other: setting("fast", false, { routes: ["/a"] }) },
    });
    expect(conflictsIn(draft, ["one", "other"])).toEqual([{ winner: "one", loser: "other", place: "slot fast" }]);
  });

  it("on a page is held by the higher priority alone", ({ expect }) => {
    const release = releaseFrom({
      slots,
      experiences: {
        low: setting("title", "Low", { routes: ["/"] }),
        high: setting("title", "High", { routes: ["/"], priority: 1 }),
      },
    });
    expect(givenTo(release)).toEqual(["high=on"]);
  });
});

describe("a sticky experience of a new version", () => {
  const experiences = (more: object) => ({
    test: setting("title", "", {
      kind: "experiment",
      sticky: "visitor",
      version: 2,
      audience: { "context.country": "FR" },
      variants: { control: {}, warm: { slots: { title: "Warm" } } },
      ...more,
    }),
  });
  const enrolled = (version: number) => ({ enrolled: { test: { variant: "warm", version } } });

  it("asks for its audience anew, and lets those of this version stay", ({ expect }) => {
    expect(slotValue(experiences({}), "title", enrolled(2))).toMatchObject({ variant: "warm", detail: "sticky" });
    expect(slotValue(experiences({}), "title", enrolled(1))).toMatchObject({ experience: null });
  });

  it("lets them stay outside its namespace", ({ expect }) => {
    const outside = experiences({ namespace: { id: "n", from: 1, to: 1 }, audience: {} });
    expect(slotValue(outside, "title", enrolled(2))).toMatchObject({ variant: "warm", detail: "sticky" });
    expect(slotValue(outside, "title", enrolled(1))).toMatchObject({ experience: null });
  });
});
