import type * as z from "zod";
import type { Holdout, Layer, Unit } from "../draft.ts";
import type { Json } from "../json.ts";
import { withoutDefaults } from "./export-order.ts";
import { either, entity, listOf, reference, said, text } from "./fields.ts";
import { shareField, shareText } from "./share.ts";

/** `visitor`, `user`, `session`, a trait, or a cookie of the website's. */
export const unitField = (about: string) =>
  text(about, "visitor", 200).regex(/^(visitor|user|session|trait\..+|cookie\.[\w!#$%&'*+.^`|~-]+)$/, {
    error: said(
      "is no unit",
      'Write "visitor", "user", "session", a trait such as "trait.company", or a cookie such as "cookie.gbuuid".',
    ),
  });

const seed = text(
  "What is hashed with the unit. Changing it deals everyone anew. Default: from the key.",
  "summer-2026",
  500,
);

export const layerFile = entity("Experiences in one layer are mutually exclusive.", {
  description: text("What it keeps apart, for people.", "Everything on the home page").optional(),
  seed: seed.optional(),
  unit: unitField("What is hashed. Default: visitor.").optional(),
}).nullable();

/** Layers and holdouts have seeds that no key can be, so that they are independent of every experience. */
const layerDefaults = (key: string): Layer => ({ description: "", seed: `layer:${key}`, unit: "visitor" });

export const layerOf = (file: z.output<typeof layerFile>, key: string): Layer => {
  const usual = layerDefaults(key);
  return {
    description: file?.description ?? usual.description,
    seed: file?.seed ?? usual.seed,
    unit: file?.unit ?? usual.unit,
  };
};

export const exportLayer = (layer: Layer, key: string): Json =>
  withoutDefaults({ ...layer }, { ...layerDefaults(key) });

const coverage = shareField("The share of visitors who are kept out.", "5%");

const holdoutMapping = entity("Visitors kept out of everything in scope, to measure the whole.", {
  description: text("What it measures, for people.", "Is personalization worth it?").optional(),
  seed: seed.optional(),
  unit: unitField("What is hashed. Default: visitor.").optional(),
  coverage,
  scope: listOf(
    "The experiences it covers. Default: all.",
    "[hero-copy]",
    reference("An experience.", "hero-copy"),
  ).optional(),
});

/** The whole mapping, or just the share. */
export const holdoutFile = either("A holdout: its share, or a mapping.", "a share or a mapping", "5%", [
  coverage,
  holdoutMapping,
]);

const holdoutDefaults = (key: string): { description: string; seed: string; unit: Unit } => ({
  description: "",
  seed: `holdout:${key}`,
  unit: "visitor",
});

export function holdoutOf(file: z.output<typeof holdoutFile>, key: string): Holdout {
  const usual = holdoutDefaults(key);
  if (typeof file === "number") return { ...usual, coverageBps: file, scope: null };
  return {
    description: file.description ?? usual.description,
    seed: file.seed ?? usual.seed,
    unit: file.unit ?? usual.unit,
    coverageBps: file.coverage,
    scope: file.scope ?? null,
  };
}

export function exportHoldout({ coverageBps, scope, ...rest }: Holdout, key: string): Json {
  const written = { ...rest, coverage: shareText(coverageBps), scope: scope ?? undefined };
  const exported = withoutDefaults(written, holdoutDefaults(key));
  return Object.keys(exported).length === 1 ? shareText(coverageBps) : exported;
}
