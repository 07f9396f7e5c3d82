import type { PageAnswer } from "../core/page-operation.ts";
import { keep } from "./keep.ts";
import { note } from "./outbox.ts";

const address = `${location.origin}/_caramel/page`;

let stop: (() => void) | undefined;

/** Does again what hydration undoes of the page as it came, and tells of it. Where that is not said, the site is asked. */
export function keepHydrated(done: string): void {
  if (done === "") return void applyHere();
  try {
    stop = keep([{ watch: [], operations: JSON.parse(done) }], {
      reverted: ({ selector }) => note("operation_reverted", { props: { path: location.pathname, selector } }),
    });
  } catch {}
}

/** Asks what the page that is shown now gets, and sees to it. `from`: where the visitor was before, as in a link's referrer. */
export async function applyHere(from = document.referrer): Promise<void> {
  stop?.();
  const { pathname, search } = location;
  try {
    const answer = await fetch(`${address}?path=${encodeURIComponent(pathname + search)}`, { referrer: from });
    const { parts }: PageAnswer = await answer.json();
    if (pathname + search === location.pathname + location.search) stop = keep(parts, { found });
  } catch {}
}

const found = (tokens: readonly string[]): void => {
  const body = JSON.stringify({ found: tokens });
  fetch(address, { method: "POST", body, keepalive: true }).catch(() => {});
};
