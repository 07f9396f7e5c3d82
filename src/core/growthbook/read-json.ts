import { isObject, type Json, type JsonObject } from "../json.ts";
import { pointerOf } from "../problem.ts";

/** Told of what has another type than it should, and is read as if it were not there. */
export type Report = (where: string, what: string) => void;

/** Reads the members of one object of a document. What is missing or `null` is the fallback; so is what is mistyped, which is reported. */
export class Members {
  readonly raw: JsonObject;
  readonly path: string;
  readonly report: Report;

  constructor(raw: JsonObject, path: string, report: Report) {
    this.raw = raw;
    this.path = path;
    this.report = report;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.raw, name);
  }

  json(name: string): Json {
    return this.has(name) ? (this.raw[name] ?? null) : null;
  }

  text(name: string): string | null {
    return this.#read(name, "text", (value) => (typeof value === "string" ? value : undefined));
  }

  number(name: string): number | null {
    return this.#read(name, "a number", (value) => (typeof value === "number" ? value : undefined));
  }

  flag(name: string): boolean {
    return this.#read(name, "true or false", (value) => (typeof value === "boolean" ? value : undefined)) ?? false;
  }

  object(name: string): JsonObject {
    return this.#read(name, "an object", (value) => (isObject(value) ? value : undefined)) ?? {};
  }

  array(name: string): readonly Json[] | null {
    return this.#read(name, "a list", (value) => (Array.isArray(value) ? (value as readonly Json[]) : undefined));
  }

  numbers(name: string): readonly number[] | null {
    return this.#read(name, "a list of numbers", (value) => (isNumbers(value) ? value : undefined));
  }

  /** A list whose objects are read one by one; members that are none are reported and left out. */
  list<T>(name: string, read: (members: Members) => T): readonly T[] | null {
    return (
      this.array(name)?.flatMap((value, index) => {
        const path = this.path + pointerOf(name, index);
        if (isObject(value)) return [read(new Members(value, path, this.report))];
        this.report(path, "is not an object");
        return [];
      }) ?? null
    );
  }

  #read<T>(name: string, kind: string, read: (value: Json) => T | undefined): T | null {
    const value = this.json(name);
    if (value === null) return null;
    const found = read(value);
    if (found === undefined) this.report(this.path + pointerOf(name), `is not ${kind}`);
    return found ?? null;
  }
}

const isNumbers = (value: Json): value is readonly number[] =>
  Array.isArray(value) && value.every((member) => typeof member === "number");
