import { describe, it } from "vitest";
import { adviceOn, capacity, type DatabaseFigures } from "../../src/core/capacity.ts";

const figures = (name: string, changes: Partial<DatabaseFigures> = {}): DatabaseFigures => ({
  name,
  sizeBytes: 1e9,
  profiles: 10,
  eventsInLastHour: 0,
  profilesChangedInLastHour: 0,
  ...changes,
});
const busy = capacity.growAtEventsPerSecond * 3600;

describe("advice on databases", () => {
  it("is none below each bound, and some at it", ({ expect }) => {
    expect(
      adviceOn([figures("VISITORS", { sizeBytes: capacity.growAtBytes - 1, eventsInLastHour: busy - 1 })], 1),
    ).toEqual([]);
    expect(adviceOn([figures("VISITORS", { sizeBytes: capacity.growAtBytes })], 1)).toEqual([
      "VISITORS holds 6.0 of 10.0 GB: add VISITORS_1 to wrangler.toml, migrate and deploy it, then `databases move VISITORS VISITORS_1`.",
    ]);
    expect(adviceOn([figures("VISITORS", { eventsInLastHour: busy })], 1)).toEqual([
      expect.stringContaining("VISITORS takes 300 events a second"),
    ]);
  });

  it("names a database that has room before it asks for another", ({ expect }) => {
    const full = figures("VISITORS", { sizeBytes: 8e9 });
    expect(adviceOn([full, figures("VISITORS_1")], 1)[0]).toContain("`databases move VISITORS VISITORS_1`");
    expect(adviceOn([full, figures("VISITORS_1", { sizeBytes: 5e9 })], 1)[0]).toContain("add VISITORS_2");
  });

  it("asks for another queue when there are more events than they should carry", ({ expect }) => {
    const four = ["VISITORS", "VISITORS_1", "VISITORS_2", "VISITORS_3"].map((name) =>
      figures(name, { eventsInLastHour: 260 * 3600 }),
    );
    expect(adviceOn(four, 1)).toEqual([expect.stringContaining("add EVENTS_1")]);
    expect(adviceOn(four, 2)).toEqual([]);
  });
});
