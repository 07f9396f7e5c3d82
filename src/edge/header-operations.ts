import type { Decision, PlannedHeader, TemplateScope } from "../core/decision.ts";
import { wordsOf } from "./render-outcome.ts";
import type { HeaderChange } from "./respond.ts";

/**
 * Response headers that a decision sets, lowest precedence first, so that the highest is written last.
 *
 * @param failed told of each operation whose value cannot be made. It is left out, and all others act.
 */
export function headerChanges({ given, scope }: Decision, failed: (what: string) => void): readonly HeaderChange[] {
  const changes: HeaderChange[] = [];
  for (const { experience, plan } of given.toReversed()) {
    for (const planned of plan.headers) {
      try {
        changes.push(changeOf(planned, scope));
      } catch (error) {
        failed(`${experience}: ${planned.action} ${planned.header}: ${wordsOf(error)}`);
      }
    }
  }
  return changes;
}

const changeOf = ({ action, header, value }: PlannedHeader, scope: TemplateScope): HeaderChange => [
  action,
  header,
  value === null ? null : value(scope),
];
