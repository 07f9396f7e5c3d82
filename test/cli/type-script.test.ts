import { describe, it } from "vitest";
import { typesOf } from "../../src/cli/type-script.ts";
import { draftFrom } from "../core/given.ts";

describe("caramel types", () => {
  it("writes slots and events in a stable order, and nothing narrower than the schema", ({ expect }) => {
    const draft = draftFrom({
      slots: {
        title: { type: "text", default: "a", description: "the head */ line" },
        dark: { type: "boolean", default: false },
        hero: {
          type: "json",
          default: { size: 1 },
          schema: {
            type: "object",
            required: ["size"],
            properties: {
              size: { type: "integer" },
              kind: { enum: ["a", "b"] },
              tags: { type: "array", items: { type: "string" } },
            },
            additionalProperties: false,
          },
        },
        list: { type: "list", default: [], schema: { type: "array", items: { type: ["string", "null"] } } },
        any: { type: "json", default: null },
      },
      events: {
        buy: { props: { sku: { type: "text", required: true }, price: { type: "number" } } },
        seen: {},
      },
    });
    expect(
      typesOf(draft),
    ).toBe(`// Made by \`caramel types\` of the site "shop". Make it again when its slots or events change.

/** Slots by key, with the type of their value. */
export interface Slots {
  readonly "any": unknown;
  readonly "dark": boolean;
  readonly "hero": { readonly "kind"?: "a" | "b"; readonly "size": number; readonly "tags"?: readonly string[] };
  readonly "list": readonly (string | null)[];
  /** the head * / line */
  readonly "title": string;
}

/** Declared events by name, with their properties. */
export interface Events {
  readonly "buy": { readonly "price"?: number; readonly "sku": string };
  readonly "seen": Readonly<Record<string, unknown>>;
}

export type SlotKey = keyof Slots;
export type EventName = keyof Events;`);
    expect(typesOf(draftFrom({}))).toContain("export type Slots = Readonly<Record<never, never>>;");
  });
});
