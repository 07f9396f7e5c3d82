import { OutcomeRecord } from "./render-outcome.ts";
import type { Rendered } from "./rendered.ts";

/** Passes on what came of a body that broke off, and breaks off there too: it must not look complete. */
export function brokenBody(answer: Response, first: Uint8Array, error: unknown): Rendered {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const passed = (first.length > 0 ? writer.write(first) : Promise.resolve()).then(() => writer.abort(error));
  return {
    response: new Response(readable, answer),
    changed: false,
    outcome: passed.catch(() => undefined).then(() => new OutcomeRecord().outcome()),
  };
}
