import { htmlInsertion } from "./content.ts";

/** Puts HTML in the place of everything between the element's tags. */
export const setHtml = htmlInsertion({
  reachesEnd: true,
  place: "inside",
  insert: (element, content, options) => element.setInnerContent(content, options),
});
