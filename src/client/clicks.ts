import { flush, note, type Said } from "./outbox.ts";

const attribute = "data-caramel-event";

/**
 * Turns clicks on `<… data-caramel-event="name" data-caramel-value="2" data-caramel-props='{"sku":"b-1"}'>`, and on anything
 * inside, into events. They leave at once: the click may lead to another page.
 */
export function watchClicks(): void {
  document.addEventListener(
    "click",
    ({ target }) => {
      const element = target instanceof Element ? target.closest(`[${attribute}]`) : null;
      const name = element?.getAttribute(attribute);
      if (!element || !name) return;
      note(name, saidBy(element));
      void flush();
    },
    true,
  );
}

/** What is no number, or no JSON, is left out. */
function saidBy(element: Element): Said {
  const value = Number.parseFloat(element.getAttribute("data-caramel-value") ?? "");
  return { value: Number.isNaN(value) ? undefined : value, props: propsOf(element) };
}

function propsOf(element: Element): Said["props"] {
  try {
    return JSON.parse(element.getAttribute("data-caramel-props") ?? "") ?? undefined;
  } catch {
    return undefined;
  }
}
