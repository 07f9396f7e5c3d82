import type * as z from "zod";
import type { App } from "../draft.ts";
import type { Json } from "../json.ts";
import { entity, listOf, said, text } from "./fields.ts";

const oneOfThem = said("must have either `clientKey` or `tokenHash`", "A browser's app has a key, a server's a hash.");

export const appFile = entity("An application that reads slots over OFREP, or a server that sends events.", {
  clientKey: text("A browser application's public key, at least 16 characters.", "ck_4f1d9a7c2b8e6035", 200)
    .min(16, { error: said("is shorter than 16 characters", "Make it up of random letters and digits.") })
    .optional(),
  origins: listOf(
    "The origins whose pages may use the public key.",
    '["https://books.example"]',
    text("Scheme, host and optional port.", "https://books.example", 300),
    100,
  ).optional(),
  tokenHash: text("SHA-256 of a server's bearer token, in hexadecimal.", "9f86d081884c7d65…", 64)
    .regex(/^[0-9a-f]{64}$/, {
      error: said("is not a SHA-256 in small hexadecimal digits", "Write what `sha256sum` prints for the token."),
    })
    .optional(),
}).refine(({ clientKey, tokenHash }) => (clientKey === undefined) !== (tokenHash === undefined), { error: oneOfThem });

export const appOf = ({ clientKey, origins, tokenHash }: z.output<typeof appFile>): App =>
  tokenHash === undefined
    ? { kind: "client", key: clientKey ?? "", origins: origins ?? [] }
    : { kind: "server", tokenHash };

export const exportApp = (app: App): Json => {
  if (app.kind === "server") return { tokenHash: app.tokenHash };
  return app.origins.length === 0 ? { clientKey: app.key } : { clientKey: app.key, origins: app.origins };
};
