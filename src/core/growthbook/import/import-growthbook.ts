import { isObject, type Json, type JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import { fail, ok, type Result } from "../../result.ts";
import { parsePayload } from "../parse-payload.ts";
import type { AutoExperiment, Payload } from "../payload.ts";
import { AttributeMap } from "./attribute-map.ts";
import { Conditions } from "./import-condition.ts";
import { importExperiment } from "./import-experiment.ts";
import { importFeature } from "./import-feature.ts";
import { Keys } from "./keys.ts";
import type { Note } from "./notes.ts";

/** What a person may say about an import. */
export interface ImportOptions {
  readonly site?: string;
  readonly hosts?: readonly string[];
  readonly origin?: string;
  /** Where attributes are found, over our own guesses: `visitor`, `user`, `session`, or a fact such as `trait.plan`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Whether the apps used sticky buckets; `null` (default): where a rule speaks of them. */
  readonly sticky?: boolean | null;
}

export interface Imported {
  /** A configuration file: what `parseSiteFile` reads. */
  readonly file: JsonObject;
  /** All that was not carried over as it stood, in the order of the payload. */
  readonly notes: readonly Note[];
}

/**
 * Turns GrowthBook's SDK payload into a configuration file of ours, so that every visitor keeps their variant.
 *
 * A feature becomes a slot, and an experience for each rule, for apps to ask about (`routes: []`). An experiment of the visual
 * editor becomes an experience on its pages. A saved group becomes an audience.
 *
 * @returns why it is no payload, when it is none.
 */
export function importGrowthbook(value: Json, options: ImportOptions = {}): Result<Imported, string> {
  const notes: Note[] = [];
  const tell = (where: string, what: string, advice: string) => void notes.push({ where, what, advice });
  const payload = parsePayload(value, (where, what) => tell(where, what, "It is read as if it were not there."));
  if (!payload.ok) return payload;
  const importing = new Importing(payload.value, options, tell);
  const { features, experiments } = payload.value;
  if (Object.keys(features).length + experiments.length === 0)
    return fail("the payload has neither features nor experiments");
  return ok({ file: importing.file(), notes });
}

class Importing {
  readonly #payload: Payload;
  readonly #options: ImportOptions;
  readonly #tell: (where: string, what: string, advice: string) => void;
  readonly #redirectHosts = new Set<string>();

  constructor(payload: Payload, options: ImportOptions, tell: (where: string, what: string, advice: string) => void) {
    this.#payload = payload;
    this.#options = options;
    this.#tell = tell;
  }

  file(): JsonObject {
    const { site = "imported", hosts = ["*"], origin = "https://origin.example" } = this.#options;
    if (this.#options.origin === undefined)
      this.#tell("", "the payload names no website", `Write the site's own hosts and origin instead of ${origin}.`);
    const { audiences, slots, experiences } = this.#entities();
    return {
      site,
      hosts,
      origin,
      ...(this.#redirectHosts.size === 0 ? {} : { redirectHosts: [...this.#redirectHosts] }),
      ...(Object.keys(audiences).length === 0 ? {} : { audiences }),
      ...(Object.keys(slots).length === 0 ? {} : { slots }),
      experiences,
    };
  }

  #entities(): { audiences: JsonObject; slots: JsonObject; experiences: JsonObject } {
    const slots: Record<string, JsonObject> = {};
    const experiences: Record<string, JsonObject> = {};
    const parts = this.#parts();
    for (const [id, feature] of Object.entries(this.#payload.features)) {
      const slot = parts.slotOf(id) ?? "";
      const imported = importFeature(id, slot, feature, parts);
      slots[slot] = imported.slot;
      Object.assign(experiences, imported.experiences);
    }
    const { experiments } = this.#payload;
    for (const [index, experiment] of experiments.entries()) {
      const imported = importExperiment(experiment, pointerOf("experiments", index), parts);
      if (imported === null) continue;
      const priority = precedenceOf(experiment, index, experiments.length);
      experiences[parts.experienceKeys.give(experiment.key)] = { kind: "experiment", priority, ...imported };
    }
    return { audiences: parts.conditions.audiences, slots, experiences };
  }

  #parts() {
    const attributes = new AttributeMap(this.#options.attributes ?? {}, this.#tell);
    const groups = this.#payload.savedGroups;
    const conditions = new Conditions({ groups, attributes, keys: new Keys("group"), tell: this.#tell });
    const slots = this.#slotKeys();
    return {
      payload: this.#payload,
      tell: this.#tell,
      sticky: this.#options.sticky ?? null,
      attributes,
      conditions,
      experienceKeys: new Keys("experience"),
      slotOf: (feature: string) => slots.get(feature) ?? null,
      locationOf: (url: string) => this.#locationOf(url),
    };
  }

  /** Slots by feature: flags are asked for by these keys from now on. */
  #slotKeys(): ReadonlyMap<string, string> {
    const keys = new Keys("feature");
    return new Map(
      Object.keys(this.#payload.features).map((id) => {
        const key = keys.give(id);
        if (key !== id) this.#tell(pointerOf("features", id), `is the slot "${key}" here`, "Ask for it by this key.");
        return [id, key];
      }),
    );
  }

  /** A page of the site by its path; elsewhere by its URL, with its host allowed. */
  #locationOf(url: string): string {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed === null) return url;
    if (this.#options.hosts?.includes(parsed.hostname)) return parsed.pathname + parsed.search + parsed.hash;
    this.#redirectHosts.add(parsed.hostname);
    return url;
  }
}

/** Of changes to one element GrowthBook's last holds; of redirects, its first. */
function precedenceOf({ variations }: AutoExperiment, index: number, count: number): number {
  const moves = variations.some((variation) => isObject(variation) && typeof variation.urlRedirect === "string");
  return moves ? 2 * count - index : index;
}
