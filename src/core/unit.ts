import type { Unit } from "./draft.ts";
import type { Subject } from "./subject.ts";

/** Reads what is hashed for a subject; `null` when the subject has no such unit. */
export type UnitReader = (subject: Subject) => string | null;

const traitPrefix = "trait.";
const cookiePrefix = "cookie.";

/** Whether reading the unit needs the stored profile. */
export const unitIsStored = (unit: Unit): boolean => unit.startsWith(traitPrefix);

/** The reader of a unit, falling back to another when the subject has none. An unknown unit reads as none. */
export function unitReader(unit: Unit, fallback: Unit | null): UnitReader {
  const read = readerOf(unit);
  if (fallback === null) return read;
  const readFallback = readerOf(fallback);
  return (subject) => read(subject) ?? readFallback(subject);
}

function readerOf(unit: Unit): UnitReader {
  if (unit === "visitor") return (subject) => textOf(subject.visitor);
  if (unit === "user") return (subject) => textOf(subject.user);
  if (unit === "session") return (subject) => textOf(subject.session);
  if (unit.startsWith(cookiePrefix)) return cookieReader(unit.slice(cookiePrefix.length));
  if (!unit.startsWith(traitPrefix)) return () => null;
  const path = unit.slice(traitPrefix.length).split(".");
  return (subject) => textOf(path.reduce<unknown>(member, subject.profile.traits));
}

/**
 * A cookie of the website's own, such as the one in which another system kept its ids; of several of one name the first. Who has
 * none came later and is told apart by our own id: that other system would have made them one.
 */
function cookieReader(name: string): UnitReader {
  const start = `${name}=`;
  return ({ context, visitor }) => {
    const cookies = context.request.header("cookie") ?? "";
    if (!cookies.includes(start)) return textOf(visitor);
    const pair = cookies.split(";").find((each) => each.trim().startsWith(start));
    return textOf(pair?.trim().slice(start.length)) ?? textOf(visitor);
  };
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;

/** GrowthBook hashes numbers and `true` as their text; to it an empty text, 0 and `false` are nothing to hash. */
function textOf(value: unknown): string | null {
  if (value === "" || value === 0 || value === false) return null;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
