import { htmlInsertion } from "./content.ts";

/** Puts HTML in the place of the element and everything in it. */
export const replace = htmlInsertion({
  reachesEnd: true,
  place: "outside",
  insert: (element, content, options) => element.replace(content, options),
});
