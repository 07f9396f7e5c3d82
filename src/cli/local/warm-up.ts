import { setTimeout as sleep } from "node:timers/promises";

const triesAtMost = 20;
const pauseMs = 100;

/**
 * Waits until the Worker knows its release, two seconds at most: a cold one passes its first pages through while it looks, and
 * the first page that a person opens should be personalised.
 *
 * @param hosts of the site: one that does not answer at this machine's name is not waited for.
 */
export async function warmUp(url: string, hosts: readonly string[]): Promise<void> {
  if (!hosts.some((host) => host === "*" || host === "localhost")) return;
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    const answer = await fetch(`${url}/_caramel/health`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(pauseMs);
  }
}
