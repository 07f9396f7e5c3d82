import * as z from "zod";
import type { Move, Range, Variant } from "../draft.ts";
import type { Bps } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { defined, exportMap } from "./export-order.ts";
import { either, entity, listOf, mapOf, reference, said, text } from "./fields.ts";
import { exportOperation, operationFile, operationOf } from "./operation.ts";
import { shareField, shareText } from "./share.ts";

const place = z
  .int({ error: said("must be a whole number from 0 to 10000", "Ranges are in basis points: 5000 is the middle.") })
  .min(0)
  .max(10_000);

/** Half-open ranges of buckets, in basis points. */
export const rangesField = (about: string) =>
  listOf(
    about,
    "[[0, 5000]]",
    z.tuple([place, place], {
      error: said("must be a pair of numbers", "Write [from, to), for example [0, 5000]."),
    }),
    1000,
  );

const members = {
  description: text("What it is, for people.", "A warmer line").optional(),
  weight: shareField("Its share among the variants. Left out everywhere: equal shares.", "50%").optional(),
  ranges: rangesField("Explicit buckets instead of a weight. For imports.").optional(),
  slots: mapOf("Slot values, by the slot's key.", "{ hero-title: Hello }", z.unknown()).optional(),
  operations: listOf(
    "Changes to the response.",
    '[{ selector: h1, action: setText, value: "Hello" }]',
    operationFile,
    200,
  ).optional(),
  serve: text(
    "Serve the page at this path of the origin instead, under the visitor's URL.",
    "/home-b",
    2000,
  ).optional(),
  redirect: text("Send the visitor there: a path, or the URL of an allowed host.", "/summer", 2000).optional(),
};

const variantFile = entity("One arm.", members).nullable();
const keyedVariantFile = entity("One arm, with its key.", { key: reference("The variant's key.", "warm"), ...members });

export const variantsFile = either(
  "The arms, by key; the order counts.",
  "a mapping from keys to variants",
  "{ control: {}, warm: {} }",
  [
    mapOf("The arms, by key.", "{ control: { weight: 50% } }", variantFile),
    listOf("The arms, in order.", "[{ key: control }]", keyedVariantFile, 100),
  ],
);

type VariantsFile = z.output<typeof variantsFile>;
type Keyed = NonNullable<z.output<typeof variantFile>> & { readonly key: string };

const listed = (file: VariantsFile): readonly Keyed[] =>
  Array.isArray(file) ? file : Object.entries(file).map(([key, variant]) => ({ ...variant, key }));

/** The arms with their weights; where none has a weight, all weigh the same. */
export function variantsOf(file: VariantsFile): readonly Variant[] {
  const arms = listed(file);
  const equal = arms.every((arm) => arm.weight === undefined) ? equalShares(arms.length, 10_000) : null;
  return arms.map((arm, index) => ({
    key: arm.key,
    description: arm.description ?? "",
    weightBps: equal?.[index] ?? arm.weight ?? 0,
    ranges: (arm.ranges as readonly Range[] | undefined) ?? null,
    slots: (arm.slots ?? {}) as Readonly<Record<string, Json>>,
    operations: (arm.operations ?? []).map(operationOf),
    move: moveOf(arm),
  }));
}

/** `total` in whole basis points over `count`; what does not divide goes to the first ones. */
export const equalShares = (count: number, total: Bps): readonly Bps[] =>
  Array.from({ length: count }, (_, index) => Math.floor(total / count) + (index < total % count ? 1 : 0));

function moveOf({ serve, redirect }: Keyed): Move | null {
  if (serve !== undefined) return { kind: "serve", path: serve };
  return redirect === undefined ? null : { kind: "redirect", location: redirect, status: 302 };
}

/** What the file says about one arm that its own schema can't: the two ways to move exclude each other. */
export const movesTwice = (file: VariantsFile): readonly string[] =>
  listed(file)
    .filter((arm) => arm.serve !== undefined && arm.redirect !== undefined)
    .map((arm) => arm.key);

/** Keys that appear twice, which only the list form can hold. */
export const repeatedKeys = (file: VariantsFile): readonly string[] => {
  const keys = listed(file).map((arm) => arm.key);
  return keys.filter((key, index) => keys.indexOf(key) < index);
};

/** Some arms have a weight and some have none: what the others mean can't be told. */
export const lackingWeights = (file: VariantsFile): readonly string[] => {
  const lacking = listed(file).filter((arm) => arm.weight === undefined);
  return lacking.length === listed(file).length ? [] : lacking.map((arm) => arm.key);
};

/** JSON objects put keys like `2` before all others, so arms with such a key are written as a list. */
const losesItsPlace = (key: string): boolean => /^(0|[1-9]\d*)$/.test(key);

export function exportVariants(variants: readonly Variant[]): Json {
  const equal = equalShares(variants.length, 10_000);
  const isEqual = variants.every((variant, index) => variant.weightBps === equal[index]);
  if (variants.some((variant) => losesItsPlace(variant.key)))
    return variants.map((variant) => ({ key: variant.key, ...exportVariant(variant, isEqual) }));
  return Object.fromEntries(variants.map((variant) => [variant.key, exportVariant(variant, isEqual)]));
}

function exportVariant(variant: Variant, isEqual: boolean): JsonObject {
  const { move } = variant;
  return defined({
    description: variant.description || undefined,
    weight: isEqual ? undefined : shareText(variant.weightBps),
    ranges: variant.ranges ?? undefined,
    slots: exportMap(variant.slots, (value) => value),
    operations: variant.operations.length === 0 ? undefined : variant.operations.map(exportOperation),
    serve: move?.kind === "serve" ? move.path : undefined,
    redirect: move?.kind === "redirect" ? move.location : undefined,
  });
}
