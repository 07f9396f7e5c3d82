import type { CompiledRelease } from "./compile.ts";
import type { GivenVariant, TemplateScope } from "./decision.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Subject } from "./subject.ts";

/** What templates may read. Each name is worked out when one is first read: most pages read none. */
export class Scope implements TemplateScope {
  readonly #release: CompiledRelease;
  readonly #subject: Subject;
  readonly #given: readonly GivenVariant[];
  #visitor: JsonObject | undefined;
  #context: JsonObject | undefined;
  #slot: JsonObject | undefined;

  /** @param given highest precedence first. */
  constructor(release: CompiledRelease, subject: Subject, given: readonly GivenVariant[]) {
    this.#release = release;
    this.#subject = subject;
    this.#given = given;
  }

  get visitor(): JsonObject {
    const { profile, context } = this.#subject;
    this.#visitor ??= { ...profile.traits, returning: context.request.returning };
    return this.#visitor;
  }

  get context(): JsonObject {
    this.#context ??= contextOf(this.#subject);
    return this.#context;
  }

  get slot(): JsonObject {
    this.#slot ??= slotsOf(this.#release, this.#given);
    return this.#slot;
  }
}

function contextOf({ context }: Subject): JsonObject {
  const { request, query, local, device, languages } = context;
  return {
    host: request.host,
    path: request.path,
    query: { ...query },
    ...request.place,
    ...local,
    device,
    language: languages[0] ?? null,
  };
}

function slotsOf({ release }: CompiledRelease, given: readonly GivenVariant[]): JsonObject {
  const values: Record<string, Json> = {};
  for (const [key, slot] of Object.entries(release.content.slots)) values[key] = slot.default;
  // Lowest precedence first, so that the highest is written last.
  for (const { plan } of given.toReversed()) Object.assign(values, plan.slots);
  return values;
}
