import type { Decision, PlannedJson } from "../core/decision.ts";
import type { Json } from "../core/json.ts";
import { countPlaces, editJson } from "../core/json-edit/edit-json.ts";
import { type PointerPath, parsePointer } from "../core/json-edit/pointer.ts";
import { type OutcomeRecord, wordsOf } from "./render-outcome.ts";

/** One operation on JSON with its value rendered. */
export interface JsonStep {
  readonly experience: string;
  readonly planned: PlannedJson;
  readonly path: PointerPath;
  readonly value: Json;
}

/**
 * The operations of a decision on JSON, from the lowest priority to the highest, with their values rendered. What fails is
 * recorded and left out.
 *
 * @param isWanted tells those on JSON documents from those on JSON inside pages.
 */
export function jsonSteps(
  { given, scope }: Decision,
  record: OutcomeRecord,
  isWanted: (planned: PlannedJson) => boolean,
): readonly JsonStep[] {
  const steps: JsonStep[] = [];
  for (const { experience, plan } of given.toReversed()) {
    for (const planned of plan.json.filter(isWanted)) {
      const path = parsePointer(planned.pointer);
      try {
        if (path.ok) steps.push({ experience, planned, path: path.value, value: planned.value(scope) });
        else record.fail(experience, `${planned.action} ${planned.pointer}: ${path.error}`);
      } catch (error) {
        record.fail(experience, `${planned.action} ${planned.pointer}: ${wordsOf(error)}`);
      }
    }
  }
  return steps;
}

/** Applies the steps to a document's valid text, one after the other. Each that leads nowhere is recorded. */
export function editDocument(
  text: string,
  steps: readonly JsonStep[],
  record: OutcomeRecord,
  write?: (value: Json) => string,
): string {
  let edited = text;
  for (const { experience, planned, path, value } of steps) {
    const next = editJson(edited, { action: planned.action, path, value }, write);
    if (next === null) record.fail(experience, `${planned.action} ${planned.pointer}: leads nowhere in this document`);
    else edited = next;
  }
  return edited;
}

/** Notes which watched pointers lead somewhere in a document, before anything is edited: the same in every arm. */
export function notePointers(text: string, { given }: Decision, record: OutcomeRecord): void {
  const watchers = new Map<string, string[]>();
  for (const { experience, plan } of given) {
    for (const pointer of plan.watchedPointers) watchers.set(pointer, [...(watchers.get(pointer) ?? []), experience]);
  }
  for (const [pointer, experiences] of watchers) {
    const path = parsePointer(pointer);
    record.match(pointer, experiences, path.ok ? countPlaces(text, path.value) : 0);
  }
}
