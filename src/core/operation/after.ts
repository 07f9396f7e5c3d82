import { htmlInsertion } from "./content.ts";

/** Inserts HTML after the element. */
export const after = htmlInsertion({
  reachesEnd: true,
  place: "outside",
  insert: (element, content, options) => element.after(content, options),
});
