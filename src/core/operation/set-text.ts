import { textInsertion } from "./content.ts";

/** Puts text in the place of everything between the element's tags. */
export const setText = textInsertion({
  reachesEnd: true,
  place: "inside",
  insert: (element, content, options) => element.setInnerContent(content, options),
});
