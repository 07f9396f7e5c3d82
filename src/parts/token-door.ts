import { sha256 } from "../control/sha256.ts";
import { createTokenDoor, type TokenDoor } from "../control/tokens.ts";
import type { Env } from "../env.ts";
import { createTokenStore } from "../store/tokens.ts";

/** Bearer tokens of the deployment: its own secret, and those in D1. */
export const tokenDoorFor = ({ ADMIN_TOKEN, DB }: Env): TokenDoor =>
  createTokenDoor({ secret: ADMIN_TOKEN, tokens: createTokenStore(DB), digest: sha256, now: Date.now });
