import { createPreviews, type Previews } from "../edge/preview/preview.ts";
import type { Env } from "../env.ts";
import { createPreviewReleases } from "../store/preview-releases.ts";
import { signerFor } from "./signers.ts";

/** Previews of drafts on the live host. Evaluated only when somebody opens one. */
export const buildPreviews = (env: Env): Previews =>
  createPreviews({ signer: signerFor(env, "preview"), release: createPreviewReleases(env.KV).read });
