import { htmlInsertion } from "./content.ts";

/** Inserts HTML before the element. */
export const before = htmlInsertion({
  reachesEnd: false,
  place: "outside",
  insert: (element, content, options) => element.before(content, options),
});
