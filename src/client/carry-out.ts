import type { PageOperation } from "../core/page-operation.ts";

/** An operation with its value as the browser reads it. */
interface Prepared {
  readonly name: string;
  readonly value: string | undefined;
  /** What is to be inserted; copied each time. */
  readonly fragment: DocumentFragment;
  /** Elements that this operation has put somewhere, by the element that it was put at. */
  readonly placed: WeakMap<Element, readonly Element[]>;
}

/** How an operation is seen to be in effect on an element, and how it is brought about. */
type Act = readonly [
  isDone: (element: HTMLElement, operation: Prepared) => boolean | undefined,
  run: (element: HTMLElement, operation: Prepared) => void,
];

const classAct = (isOn: boolean): Act => {
  const each = ({ value = "" }: Prepared) => value.split(/\s+/).filter(Boolean);
  return [
    ({ classList }, operation) => each(operation).every((name) => classList.contains(name) === isOn),
    ({ classList }, operation) => each(operation).map((name) => classList.toggle(name, isOn)),
  ];
};

/** Styles are set through the object model, which no policy forbids. */
const addStyle = ({ style }: HTMLElement, { name, value }: Prepared): void => {
  style.cssText += `;${name}:${value}`;
};

const acts: Readonly<Partial<Record<PageOperation["act"], Act>>> = {
  text: [
    ({ textContent }, { value }) => textContent === value,
    (element, { value = "" }) => {
      element.textContent = value;
    },
  ],
  attribute: [
    (element, { name, value = null }) => element.getAttribute(name) === value,
    (element, { name, value }) =>
      value === undefined ? element.removeAttribute(name) : element.setAttribute(name, value),
  ],
  style: [
    ({ style }, operation) => {
      const probe = document.createElement("i");
      addStyle(probe, operation);
      return style.getPropertyValue(operation.name) === probe.style.getPropertyValue(operation.name);
    },
    addStyle,
  ],
  class: classAct(true),
  "-class": classAct(false),
};

/** All others insert. What was put in is remembered, since the site's own scripts may change it afterwards. */
const inserting = (how: "append"): Act => [
  isThere(how),
  (element, { fragment, placed }) => {
    const copy = document.importNode(fragment, true);
    placed.set(element, [...copy.children]);
    element[how](copy);
  },
];

/** Whether the content is there: what was put in still is, or the page came with something that equals it. */
const isThere =
  (how: string): Act[0] =>
  (element, { fragment, placed }) => {
    const known = placed.get(element);
    if (known?.[0]) return known.every((one) => one.isConnected);
    const around = /pend|Children/.test(how) ? element : element.parentElement;
    const wanted = [...fragment.children];
    if (!wanted[0]) return around?.textContent?.includes(fragment.textContent);
    const found = wanted.flatMap((one) => [...(around?.children ?? [])].find((other) => other.isEqualNode(one)) ?? []);
    placed.set(element, found);
    return found.length === wanted.length;
  };

interface Sanction {
  readonly createHTML: (text: string) => string;
}

let sanction: Sanction = { createHTML: (text) => text };
try {
  // Pages under Trusted Types read HTML only from a policy that they allow by its name.
  const { trustedTypes } = window as { readonly trustedTypes?: { createPolicy(name: string, is: Sanction): Sanction } };
  if (trustedTypes) sanction = trustedTypes.createPolicy("caramel", sanction);
} catch {}

/** One operation, ready to be looked after. */
export interface Kept {
  /** Elements that it names and on which it is not in effect. */
  readonly undone: () => HTMLElement[];
  readonly run: (element: HTMLElement) => void;
}

/** @throws when the HTML may not be read here. */
export function keptOf({ selector, act, name = "", value }: PageOperation): Kept {
  const template = document.createElement("template");
  const known = acts[act];
  if (!known) template.innerHTML = sanction.createHTML(value ?? "");
  const prepared: Prepared = { name, value, fragment: template.content, placed: new WeakMap() };
  const [isDone, run] = known ?? inserting(act as "append");
  return {
    undone: () => [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => !isDone(one, prepared)),
    run: (element) => run(element, prepared),
  };
}
