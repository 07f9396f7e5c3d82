import { env } from "cloudflare:workers";
import { rowsOf } from "./upgraded.ts";

/** Everything that this deployment holds anywhere: every row of every table of every database, every key of KV with its value. */
export async function wholeStore(): Promise<Record<string, unknown>> {
  const held: Record<string, unknown> = {};
  for (const [name, db] of Object.entries({ DB: env.DB, VISITORS: env.VISITORS })) {
    for (const [table, rows] of await rowsOf(db)) held[`${name}.${table}`] = rows;
  }
  const { keys } = await env.KV.list();
  for (const { name } of keys) held[`KV.${name}`] = await env.KV.get(name);
  return held;
}
