import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Brings both databases of this test file to the newest schema. */
export async function migrate(): Promise<void> {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.db);
  await applyD1Migrations(env.VISITORS, env.TEST_MIGRATIONS.visitors);
}
