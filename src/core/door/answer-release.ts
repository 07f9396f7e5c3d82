import type { BanditWeights, CompiledRelease } from "../compile.ts";
import { decide } from "../decide.ts";
import type { GivenVariant } from "../decision.ts";
import { explain } from "../explain.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { fail, ok, type Result } from "../result.ts";
import type { Subject } from "../subject.ts";
import type { ReleaseShelf } from "./release-shelf.ts";
import { subjectIn } from "./subject-in.ts";

/**
 * Answers `{"release", "request", "profile"?, "at"?, …}`: what the visitor gets on this request, the slots as apps would
 * get them, and the trace of every experience, given or not.
 */
export function answerRelease(
  asked: JsonObject,
  releases: ReleaseShelf,
  nowMs: () => number,
): Result<JsonObject, string> {
  if (!isObject(asked.release)) return fail("`release` is a configuration file, a draft or a release, as JSON");
  const release = releases.take(asked.release, weightsOf(asked.weights));
  if (!release.ok) return release;
  const subject = subjectIn(asked, nowMs);
  if (!subject.ok) return subject;
  return ok({ result: decisionOf(release.value, subject.value) });
}

function decisionOf(release: CompiledRelease, subject: Subject): JsonObject {
  const { method, path, search } = subject.context.request;
  const route = release.routeOf(method, path, search);
  const given = route === null ? [] : decide(release, route, subject).given;
  const slots = Object.keys(release.release.content.slots).map((key) => [key, release.slotFor(key, subject)]);
  const decision: unknown = {
    release: release.id,
    given: given.map(told),
    slots: Object.fromEntries(slots),
    trace: explain(release, subject).experiences,
  };
  return decision as JsonObject;
}

const told = ({ experience, kind, version, variant, reason, detail, propensityBps, plan }: GivenVariant) => ({
  experience,
  variant,
  reason,
  detail,
  kind,
  version,
  propensityBps,
  slots: plan.slots,
  move: plan.move,
});

const weightsOf = (value: Json | undefined): BanditWeights => (isObject(value) ? (value as BanditWeights) : {});
