import { afterAll, beforeAll } from "vitest";
import { changedAnswers } from "./conformance/changed.ts";
import { type Probed, startProbed } from "./conformance/parts.ts";
import { routesThatAct } from "./conformance/routes.ts";
import { untouchedAnswers } from "./conformance/untouched.ts";

/**
 * What proxies of this kind get wrong, each a probe: against the built Worker on plain workerd, on routes where an experience
 * acts. Faults are in faults.test.ts, what visitors may try in abuse.test.ts, encodings of pages in bytes.test.ts.
 */
let started: Probed | null = null;
const probed = (): Probed => {
  if (started === null) throw new Error("the site exists only while tests run");
  return started;
};
beforeAll(async () => {
  started = await startProbed();
});
afterAll(() => started?.stop());

changedAnswers(probed);
untouchedAnswers(probed);
routesThatAct(probed);
