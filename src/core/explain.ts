import type { Assignment } from "./assignment.ts";
import { type CompiledAudience, subjectFact } from "./audience.ts";
import type { CompiledRelease } from "./compile.ts";
import { assignmentOn, type HeldPlaces, hold, rivalOf } from "./decide.ts";
import type { CompiledExperience } from "./experience.ts";
import type { Gate } from "./gate.ts";
import type { Json } from "./json.ts";
import type { ReasonDetail } from "./reason.ts";
import type { Subject } from "./subject.ts";

/** Why a visitor sees what they see: for each experience of the site, what was asked, in order, and what came of it. */
export interface Explanation {
  readonly release: string;
  readonly visitor: string;
  readonly url: string;
  readonly at: string;
  /** Highest precedence first: those that gave a variant, and those that did not, each with its reason. */
  readonly experiences: readonly ExplainedExperience[];
}

export interface ExplainedExperience {
  readonly experience: string;
  readonly kind: string;
  /** The variant given; `null` when none was. */
  readonly variant: string | null;
  readonly reason: string;
  readonly detail: ReasonDetail | "route";
  /** The whole answer in one sentence. */
  readonly because: string;
  readonly steps: readonly Step[];
}

/** One gate as it was asked. */
export interface Step {
  readonly gate: ReasonDetail;
  /** `passed`: the visitor could go on; `refused` or `given`: the way ended here. */
  readonly result: "passed" | "refused" | "given";
  readonly said: string;
  /** The facts it read, with the values they had. */
  readonly facts: Readonly<Record<string, Json>>;
}

/**
 * Explains a decision by deciding again in tracing mode: the same gates in the same order as `decide`, each asked what it saw.
 *
 * Experiences that cannot touch the request are explained too: why not. Those for apps alone are asked as if an app did.
 */
export function explain(release: CompiledRelease, subject: Subject): Explanation {
  const { method, path, search, url } = subject.context.request;
  const here = new Set(release.routeOf(method, path, search)?.candidates.map(({ experience }) => experience));
  const onPage: HeldPlaces = new Map();
  const forApps: HeldPlaces = new Map();
  const experiences = release.experiences.map((experience) => {
    const isForApps = experience.routes.length === 0;
    // Switched off experiences are no candidates; that they are off says more than where they would have been.
    if (!here.has(experience) && experience.isEnabled && !isForApps) return elsewhere(experience, path);
    const held = isForApps ? forApps : onPage;
    const explained = explainOne(release, experience, subject, held);
    if (explained.variant !== null) hold(held, experience);
    return explained;
  });
  return { release: release.id, visitor: subject.visitor, url, at: new Date(subject.nowMs).toISOString(), experiences };
}

const elsewhere = ({ key, kind, routes }: CompiledExperience, path: string): ExplainedExperience => ({
  experience: key,
  kind,
  variant: null,
  reason: "DEFAULT",
  detail: "route",
  because: `Not here: it acts on ${routes.map((route) => `\`${route.path}\``).join(", ") || "no page"}, and this is \`${path}\`.`,
  steps: [],
});

function explainOne(
  release: CompiledRelease,
  experience: CompiledExperience,
  subject: Subject,
  held: HeldPlaces,
): ExplainedExperience {
  const steps: Step[] = [];
  const assignment = assignmentOn(experience, subject, held, (gate, said) => {
    steps.push(stepOf(gate, said, release.audiences, subject));
  });
  const variant = experience.arms[assignment.arm]?.key ?? null;
  return {
    experience: experience.key,
    kind: experience.kind,
    variant,
    reason: assignment.reason,
    detail: assignment.detail,
    because: sentence(variant, assignment, steps.at(-1)?.said ?? "", rivalOf(held, experience)),
    steps,
  };
}

function sentence(variant: string | null, { detail }: Assignment, said: string, rival: string | null): string {
  if (detail === "outranked") return `Not given: \`${rival}\` changes the same place and has precedence.`;
  return variant === null ? `Not given: ${said}.` : `Given \`${variant}\`: ${said}.`;
}

function stepOf(
  gate: Gate,
  assignment: Assignment | null,
  audiences: ReadonlyMap<string, CompiledAudience>,
  subject: Subject,
): Step {
  const result = assignment === null ? "passed" : assignment.arm < 0 ? "refused" : "given";
  return { gate: gate.detail, result, said: gate.say(subject), facts: factsOf(gate.reads, audiences, subject) };
}

function factsOf(
  reads: readonly string[],
  audiences: ReadonlyMap<string, CompiledAudience>,
  subject: Subject,
): Readonly<Record<string, Json>> {
  const facts: Record<string, Json> = {};
  for (const path of reads) {
    const fact = subjectFact(path, null, (key) => audiences.get(key) ?? null);
    if (fact.ok) facts[path] = (fact.value.read(subject) ?? null) as Json;
  }
  return facts;
}
