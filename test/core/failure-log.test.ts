import { describe, it } from "vitest";
import { burstLines, createFailureLog, type FailureLine, lineEveryMs } from "../../src/core/failure-log.ts";

function logAt(startMs = 1_000_000) {
  const lines: FailureLine[] = [];
  const clock = { ms: startMs };
  const fail = createFailureLog({ now: () => clock.ms, write: (line) => lines.push(line) });
  const failing = (times: number, stage = "origin") => {
    for (let round = 0; round < times; round += 1) fail({ stage, site: "shop", what: "refused" });
  };
  return { lines, clock, failing, fail };
}

describe("the log of failures", () => {
  it("has one structured line for each, at first", ({ expect }) => {
    const { lines, failing } = logAt();
    failing(1);
    expect(lines).toEqual([{ caramel: "failure", stage: "origin", site: "shop", what: "refused", suppressed: 0 }]);
  });

  it("is bounded in a burst, and tells how many lines it kept back", ({ expect }) => {
    const { lines, clock, failing } = logAt();
    failing(1000);
    expect(lines).toHaveLength(burstLines);
    clock.ms += lineEveryMs - 1;
    failing(1);
    expect(lines).toHaveLength(burstLines);
    clock.ms += 1;
    failing(1);
    expect(lines.at(-1)?.suppressed).toBe(1000 - burstLines + 1);
    failing(1);
    expect(lines).toHaveLength(burstLines + 1);
  });

  it("recovers fully after a quiet time, and no further", ({ expect }) => {
    const { lines, clock, failing } = logAt();
    failing(100);
    clock.ms += 1000 * lineEveryMs;
    failing(100);
    expect(lines).toHaveLength(2 * burstLines);
  });

  it("keeps stages apart: one that fails all the time hides no other", ({ expect }) => {
    const { lines, failing } = logAt();
    failing(1000);
    failing(1, "render");
    expect(lines.at(-1)).toMatchObject({ stage: "render", suppressed: 0 });
  });

  it("cuts long words off, and bears a clock that is set back", ({ expect }) => {
    const { lines, clock, failing, fail } = logAt();
    fail({ stage: "render", site: "shop", what: "x".repeat(100_000) });
    expect(lines[0]?.what).toHaveLength(500);
    failing(100);
    clock.ms -= 60_000;
    failing(100);
    expect(lines).toHaveLength(1 + burstLines);
  });
});
