import type { Env } from "../env.ts";
import { createSigner, type Signer } from "../http/signed.ts";

/** A signer for one purpose; `null` in a deployment without a key that can be relied on. */
export const signerFor = ({ VISIT_KEY }: Env, purpose: string, create = createSigner): Signer | null =>
  VISIT_KEY === undefined || VISIT_KEY.length < 32 ? null : create(VISIT_KEY, purpose);
