import { describe, it } from "vitest";
import { readArguments, usage } from "../../../src/cli/local/arguments.ts";

describe("the arguments of npm start", () => {
  it("default to the demo on 8787 with its data in .caramel", ({ expect }) => {
    const value = { config: null, port: 8787, data: "/home/someone/.caramel", fresh: false };
    expect(readArguments([], "/home/someone")).toEqual({ ok: true, value });
  });

  it("take paths relative to where the command was typed", ({ expect }) => {
    const read = readArguments(["--config", "my/site.yaml", "--data=/var/x", "--port", "9000", "--fresh"], "/work");
    expect(read).toEqual({
      ok: true,
      value: { config: "/work/my/site.yaml", port: 9000, data: "/var/x", fresh: true },
    });
  });

  it.for([
    [["--porto", "1"], "--porto"],
    [["somewhere"], "somewhere"],
    [["--port", "0"], "--port"],
    [["--port", "65535"], "--port"], // the origin would need 65536
    [["--port", "8787x"], "--port"],
    [["--port", "-1"], "--port"],
    [["--config"], "--config"],
  ] as const)("are refused with the mistake and the usage: %j", ([argv, named], { expect }) => {
    const read = readArguments(argv, "/");
    expect(read).toMatchObject({ ok: false, error: { isHelp: false } });
    if (read.ok) return;
    expect(read.error.text.split("\n")[0]).toContain(named);
    expect(read.error.text).toContain(usage);
  });

  it("may ask for help, which fits 80 columns", ({ expect }) => {
    expect(readArguments(["--help"], "/")).toEqual({ ok: false, error: { text: usage, isHelp: true } });
    expect(usage.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
