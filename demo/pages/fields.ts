import { type Html, html } from "../html.ts";

/** A line of a form that must be filled in. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "email";
  readonly autocomplete: string;
}

/** What is wrong with a field, in words for the reader. */
export interface Fault {
  readonly name: string;
  readonly text: string;
}

const longestValue = 200;

/** Looks through what was sent. Nothing returned means that all is well. */
export function faultsIn(fields: readonly Field[], form: URLSearchParams): readonly Fault[] {
  return fields.flatMap(({ name, type }) => {
    const value = form.get(name)?.trim() ?? "";
    if (value === "") return { name, text: "Please fill this in." };
    if (value.length > longestValue) return { name, text: "That is too long for us." };
    return type === "email" && !/^[^@\s]+@[^@\s]+$/u.test(value) ? { name, text: "Please write a whole address." } : [];
  });
}

/** A labelled input that keeps what was sent and says what is wrong with it. */
export function fieldOf(
  { name, label, type, autocomplete }: Field,
  form: URLSearchParams,
  faults: readonly Fault[],
): Html {
  const fault = faults.find((candidate) => candidate.name === name);
  const mark = fault && html` aria-invalid="true" aria-describedby="${name}-fault"`;
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${form.get(name) ?? ""}" required${mark ?? null}>
${fault ? html`<p class="fault" id="${name}-fault">${fault.text}</p>` : null}</div>`;
}
