import { type RepairPorts, repair } from "./repair.ts";
import { type RetentionPorts, retain } from "./retention.ts";
import { publishDue, type ScheduledPorts } from "./scheduled.ts";

/** Cron expressions of `wrangler.toml`, in UTC. */
export const nightly = "17 3 * * *";
export const everyFiveMinutes = "*/5 * * * *";

export type ClockPorts = RepairPorts & RetentionPorts & ScheduledPorts;

/** Does what is due at a cron expression. An unknown one does nothing: another version of the Worker may have asked for it. */
export async function onClock(cron: string, nowMs: number, ports: ClockPorts): Promise<void> {
  if (cron === everyFiveMinutes) {
    await publishDue(ports, nowMs);
    await repair(ports);
  }
  if (cron === nightly) await retain(ports, nowMs);
}
