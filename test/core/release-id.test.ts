import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import { releaseOf } from "../../src/core/release-id.ts";

const digest = async (text: string) => createHash("sha256").update(text).digest("hex");
const draftOf = (file: unknown) => {
  const parsed = parseSiteFile(file);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};
const file = {
  site: "s",
  hosts: ["*"],
  origin: "https://o.example",
  slots: { a: { type: "text", default: "é" }, b: { type: "number", default: 1 } },
};

it("gives the same content the same id, in whatever order it was written", async () => {
  const { a, b } = file.slots;
  const one = await releaseOf(draftOf(file), digest);
  const other = await releaseOf(
    draftOf({ slots: { b, a }, origin: file.origin, hosts: file.hosts, site: "s" }),
    digest,
  );
  expect(one.id).toMatch(/^r_[0-9a-f]{20}$/);
  expect(other.id).toBe(one.id);
  expect(one).toMatchObject({ shape: 1, site: "s", content: { slots: { a: { default: "é" } } } });
});

it("gives any other content another id", async () => {
  const one = await releaseOf(draftOf(file), digest);
  const other = await releaseOf(draftOf({ ...file, holdout: "0.01%" }), digest);
  expect(other.id).not.toBe(one.id);
});
