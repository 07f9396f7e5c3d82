import { classOperation, readClasses } from "./class-list.ts";

/** Takes classes away and leaves the others. */
export const removeClass = classOperation((source, classes) => {
  const unwanted = new Set(classes.map(({ name }) => name));
  const present = readClasses(source ?? "");
  const kept = present.filter(({ name }) => !unwanted.has(name));
  return kept.length === present.length ? null : kept.map(({ raw }) => raw).join(" ");
});
