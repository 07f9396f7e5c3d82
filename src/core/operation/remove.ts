import { ok } from "../result.ts";
import type { HtmlOperationKind } from "./operation.ts";

/** Takes the element away, with everything in it. */
export const remove: HtmlOperationKind = {
  name: null,
  value: "none",
  reachesEnd: true,
  landing: () => "text",
  problems: () => [],
  prepare: () =>
    ok((element) => {
      element.remove();
      return null;
    }),
};
