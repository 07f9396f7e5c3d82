import { flush, note, type Said } from "./outbox.ts";

/**
 * Turns clicks on `<… data-caramel-event="name" data-caramel-value="2" data-caramel-props='{"sku":"b-1"}'>`, and on anything
 * inside, into events. They leave at once: the click may lead to another page.
 */
export function watchClicks(): void {
  document.addEventListener(
    "click",
    ({ target }) => {
      const element = (target as Element).closest?.<HTMLElement>("[data-caramel-event]");
      if (!element) return;
      const { caramelEvent = "", caramelValue = "", caramelProps = "" } = element.dataset;
      // What is no number is none once it is JSON.
      note(caramelEvent, { value: Number.parseFloat(caramelValue), props: propsIn(caramelProps) });
      void flush();
    },
    true,
  );
}

/** What is no JSON is left out. */
function propsIn(text: string): Said["props"] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
