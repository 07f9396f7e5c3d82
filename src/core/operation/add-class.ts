import { classOperation, readClasses } from "./class-list.ts";

/** Adds classes that the element does not have yet. */
export const addClass = classOperation((source, classes) => {
  const present = new Set(readClasses(source ?? "").map(({ name }) => name));
  const missing = classes.filter(({ name }) => !present.has(name)).map(({ raw }) => raw);
  if (missing.length === 0) return null;
  return [source?.trimEnd() ?? "", ...new Set(missing)].filter((part) => part !== "").join(" ");
});
