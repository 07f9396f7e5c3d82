import { htmlInsertion } from "./content.ts";

/** Inserts HTML right before the element's end tag. */
export const append = htmlInsertion({
  reachesEnd: true,
  place: "inside",
  insert: (element, content, options) => element.append(content, options),
});
