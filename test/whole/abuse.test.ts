import { afterAll, beforeAll, it } from "vitest";
import { abuseOfAnswers } from "./abuse/answers.ts";
import { abuseOfRecognition } from "./abuse/recognition.ts";
import { abuseOfRequests } from "./abuse/requests.ts";
import { type AttackedSite, startAttackedSite } from "./abuse/site.ts";

/** What a visitor with bad intentions can send, against the built Worker on workerd, byte for byte. */
let started: AttackedSite | null = null;
const site = (): AttackedSite => {
  if (started === null) throw new Error("the site exists only while tests run");
  return started;
};
beforeAll(async () => {
  started = await startAttackedSite();
});
afterAll(() => started?.stop());

abuseOfRecognition(site);
abuseOfRequests(site);
abuseOfAnswers(site);

it("none of all this was an error of ours", ({ expect }) => {
  expect(site().logged()).not.toMatch(/"stage":"(?:decide|render|control|emit|move)"|Uncaught|TypeError/);
});
