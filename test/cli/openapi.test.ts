import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, it } from "vitest";
import { endpoints, generalEndpoints } from "../../src/control/control.ts";
import { apiDocs, apiDocument } from "../../src/control/openapi/api.ts";

const table = [...endpoints, ...generalEndpoints];
const document = apiDocument();

describe("the API's description", () => {
  it("is valid OpenAPI 3.1", async ({ expect }) => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, "3.1"]);
  });

  it("has every call that there is, each under a name of its own", ({ expect }) => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = table.map(({ method, path }) => `${method} /_caramel/api/v1${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(described.toSorted()).toEqual(there.toSorted());
    const names = table.map(({ wire }) => wire.id);
    expect(new Set(names).size).toBe(names.length);
  });

  it("says what every call that takes a body takes, with an example that is right", ({ expect }) => {
    for (const { method, wire, path } of table) {
      if (method === "GET" || method === "DELETE") expect(wire.body, path).toBeUndefined();
      if (wire.body === undefined || wire.example === undefined) continue;
      expect(wire.body.safeParse(JSON.parse(wire.example)).error?.issues, path).toBeUndefined();
    }
  });

  it("is shown as a page with neither script nor inline style", async ({ expect }) => {
    const page = await apiDocs();
    for (const { wire } of table) expect(page).toContain(`id="${wire.id}"`);
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i);
  });
});
