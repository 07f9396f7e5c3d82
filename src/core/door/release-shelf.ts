import { type BanditWeights, type CompiledRelease, compileRelease } from "../compile.ts";
import { parseSiteFile } from "../config/site-file.ts";
import type { Draft } from "../draft.ts";
import type { ReleaseId } from "../ids.ts";
import { isObject, type JsonObject } from "../json.ts";
import { type Release, releaseShape } from "../release.ts";
import { fail, ok, type Result } from "../result.ts";

/** Releases at once: more than a pipeline compares. */
const mostKept = 16;

/** Releases of a pipeline's lines, each compiled once, as every line carries its own. */
export class ReleaseShelf {
  readonly #kept = new Map<string, Result<CompiledRelease, string>>();

  /**
   * The release that a line means.
   *
   * @param value a configuration file as JSON; a draft, normalised; or a release, as `export` and D1 hold it.
   * @returns what is wrong with it, in words, when it is none of these.
   */
  take(value: JsonObject, weights: BanditWeights): Result<CompiledRelease, string> {
    const key = JSON.stringify([value, weights]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = compiled(value, weights);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }
}

function compiled(value: JsonObject, weights: BanditWeights): Result<CompiledRelease, string> {
  const release = releaseOf(value);
  return release.ok ? ok(compileRelease(release.value, weights)) : release;
}

function releaseOf(value: JsonObject): Result<Release, string> {
  if (isObject(value.content)) {
    if (value.shape !== releaseShape) return fail(`a release of shape ${String(value.shape)} is not known here`);
    return ok(value as unknown as Release);
  }
  // A draft's `site` holds its policies; a file's is the site's key.
  if (isObject(value.site)) return ok(frozen(value as unknown as Draft));
  const parsed = parseSiteFile(value);
  if (parsed.ok) return ok(frozen(parsed.value));
  const [first] = parsed.error;
  return fail(`the release is no configuration: ${first?.path ?? ""} ${first?.message ?? ""} ${first?.advice ?? ""}`);
}

/** The id says that it was never published. */
const frozen = (content: Draft): Release => ({
  shape: releaseShape,
  id: "r_draft" as ReleaseId,
  site: content.site.key,
  content,
});
