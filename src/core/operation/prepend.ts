import { htmlInsertion } from "./content.ts";

/** Inserts HTML right after the element's start tag. */
export const prepend = htmlInsertion({
  reachesEnd: false,
  place: "inside",
  insert: (element, content, options) => element.prepend(content, options),
});
