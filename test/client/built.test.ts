import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, it } from "vitest";
import { clientCode, clientModule } from "../../src/cli/local/client.ts";
import { clientModuleFile } from "../../src/cli/local/root.ts";

describe("what browsers get", () => {
  it("is what src/client says now: `npm run build` writes it", async ({ expect }) => {
    expect(await readFile(clientModuleFile, "utf8")).toBe(clientModule(await clientCode()));
  });

  it("is at most 3 KB, and needs neither eval nor inline code", async ({ expect }) => {
    const code = await clientCode();
    expect(gzipSync(code).length).toBeLessThanOrEqual(3 * 1024);
    expect(code).not.toMatch(/\beval\b|\bFunction\(|createElement\("script|javascript:/);
  });
});
