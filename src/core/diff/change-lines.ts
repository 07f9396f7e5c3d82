import type { Change } from "./changes.ts";

const words = { added: "new", changed: "", removed: "gone" } as const;

/** A change list as plain lines, one for each entity: "experiences hero-copy: weight of warm 50 % → 80 %; …". */
export const changeLines = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ kind, group, key, details }) => {
    const what = group === "site" ? key : `${group} ${key}`;
    const said = [words[kind], ...details].filter((word) => word !== "").join("; ");
    return `${what}: ${said}`;
  });
