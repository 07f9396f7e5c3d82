import * as z from "zod";
import { suggest } from "../did-you-mean.ts";
import { keyShape } from "../ids.ts";

/**
 * The building blocks of the file's schemas. Each says in its own words what is wrong and what to write instead, in
 * the two lines of `said`, which `problemsOf` takes apart again; and each describes itself for the JSON Schema.
 */
export const said = (message: string, advice: string): string => `${message}\n${advice}`;

/** What a value is, in the words of someone who writes YAML. */
export function nameOf(value: unknown): string {
  if (value === undefined || value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "true or false" : "a number";
}

/** The issue's words for a value of the wrong type or none at all. */
const wrong = (kind: string, example: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined
    ? said("is missing", `Write ${kind}, for example ${example}.`)
    : said(`must be ${kind}, but is ${nameOf(issue.input)}`, `Write, for example, ${example}.`);

/** Text of at most `longest` characters. */
export const text = (about: string, example: string, longest = 20_000) =>
  z
    .string({ error: wrong("text", JSON.stringify(example)) })
    .max(longest, { error: said(`is longer than ${longest} characters`, "Shorten it.") })
    .meta({ description: about, examples: [example] });

/** `true` or `false`. YAML's `yes` and `"true"` are text, and are refused with that advice. */
export const flag = (about: string, byDefault: boolean) =>
  z
    .boolean({ error: wrong("true or false", "true") })
    .meta({ description: about, default: byDefault })
    .optional();

/** An integer from `least` to `most`, both included. */
export const whole = (about: string, least: number, most: number) => {
  const range = (issue: { readonly input?: unknown }) =>
    typeof issue.input === "number"
      ? said(`must be a whole number from ${least} to ${most}`, `${issue.input} is not; write, for example, ${least}.`)
      : wrong("a whole number", String(least))(issue);
  return z.int({ error: range }).min(least, { error: range }).max(most, { error: range }).meta({ description: about });
};

/** A number between 0 and 1, both included. */
export const fraction = (about: string) => {
  const error = said("must be a number from 0 to 1", "Write, for example, 0.5.");
  return z.number({ error }).min(0, { error }).max(1, { error }).meta({ description: about });
};

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(about: string, words: Words) =>
  z
    .enum(words, {
      error: (issue) => {
        const all = words.map((word) => `"${word}"`).join(", ");
        if (issue.input === undefined) return said("is missing", `Write one of ${all}.`);
        if (typeof issue.input !== "string") return said(`must be one of ${all}`, `It is ${nameOf(issue.input)}.`);
        return said(`can't be "${issue.input.slice(0, 40)}"`, suggest(issue.input, words, ""));
      },
    })
    .meta({ description: about });

/** The name of something that is defined elsewhere in the file. */
export const reference = (about: string, example: string) =>
  z
    .string({ error: wrong("a name", example) })
    .regex(keyShape, {
      error: (issue) =>
        said(`can't be ${JSON.stringify(String(issue.input).slice(0, 60))}`, keyAdvice(String(issue.input))),
    })
    .meta({ description: about, examples: [example] });

/** What a key may look like, with the nearest one that does. */
export function keyAdvice(written: string): string {
  const near = written
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|-+$/g, "")
    .slice(0, 64);
  const instead = near === "" ? "" : `: "${near}"`;
  return `Use small letters, digits, - and _ only, a letter or digit first, at most 64 characters${instead}.`;
}

/** A mapping with these keys and no others. */
export const entity = <Shape extends z.core.$ZodShape>(about: string, shape: Shape) =>
  z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join("\n")
          : wrong("a mapping", exampleOf(shape))(issue),
    })
    .meta({ description: about });

/** The first member that must be there. */
const exampleOf = (shape: z.core.$ZodShape): string =>
  `{ ${Object.entries(shape).find(([, member]) => !(member instanceof z.ZodOptional))?.[0] ?? ""} … }`.replace(
    " …",
    ": …",
  );

const unknownKey = (key: string, known: readonly string[]): string =>
  said("is not known here", suggest(key, known, "Remove it."));

/** A mapping from keys that people choose to `member`. */
export const mapOf = <Member extends z.ZodType>(about: string, example: string, member: Member) =>
  z.record(z.string().regex(keyShape), member, { error: wrong("a mapping", example) }).meta({ description: about });

/** A list of at most `most` members. */
export const listOf = <Member extends z.ZodType>(about: string, example: string, member: Member, most = 10_000) =>
  z
    .array(member, { error: wrong("a list", example) })
    .max(most, { error: said(`has more than ${most} members`, "Shorten it.") })
    .meta({ description: about });

/** A JSON object of any content: a condition, a JSON Schema. What it holds is checked by those who know its language. */
export const anyObject = (about: string, example: string) =>
  z.record(z.string(), z.unknown(), { error: wrong("a mapping", example) }).meta({ description: about });

/** Several spellings of one thing; when none fits, the words of the nearest are used. */
export const either = <Options extends readonly [z.ZodType, ...z.ZodType[]]>(
  about: string,
  what: string,
  example: string,
  options: Options,
) => z.union(options, { error: wrong(what, example) }).meta({ description: about });
