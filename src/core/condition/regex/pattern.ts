import { fail, ok, type Result } from "../../result.ts";
import { alphabetOf } from "./alphabet.ts";
import { createAutomaton } from "./automaton.ts";
import { isLinearInJavaScript } from "./linear.ts";
import { literalTest } from "./literal.ts";
import { parsePattern } from "./parse.ts";
import { programsOf, sizeOf } from "./program.ts";
import { type Answer, createRunner } from "./run.ts";
import type { Node } from "./syntax.ts";

/** What patterns and the texts they read are held to. */
export const patternLimits = {
  /** Of a pattern, in UTF-16 code units. */
  maxPatternUnits: 1000,
  /** Of a text: what Cloudflare allows a URL. About a longer text nothing is said. */
  maxTextUnits: 16_384,
  /** Of a pattern's automaton, counted repetitions written out. */
  maxStates: 2000,
  maxLookarounds: 3,
} as const;

/** A compiled pattern. */
export interface Pattern {
  /** Whether the pattern is found anywhere in a text; null when the text is too long to tell. */
  readonly answer: (text: string) => Answer;
}

/** Why a pattern is not taken, and what to write instead. */
export interface PatternRefusal {
  readonly message: string;
  readonly advice: string;
}

/**
 * Compiles a JavaScript pattern into a test that answers exactly as `new RegExp(source, "i" or "").test(text)` does, in
 * time linear in the text for every pattern. Backreferences, which no linear matcher can have, are refused.
 *
 * Plain text becomes a comparison of strings; what JavaScript's matcher can't stall on is left to it; all else runs on an
 * automaton, built when the pattern is first tested, so that a release with a thousand patterns starts at once.
 */
export function compilePattern(source: string, ignoreCase: boolean): Result<Pattern, PatternRefusal> {
  const parsed = readPattern(source, ignoreCase);
  if (!parsed.ok) return parsed;
  const test = literalTest(parsed.value) ?? quickTest(source, ignoreCase, parsed.value);
  return ok({ answer: (text) => (text.length <= patternLimits.maxTextUnits ? test(text) : null) });
}

function readPattern(source: string, ignoreCase: boolean): Result<Node, PatternRefusal> {
  const { maxPatternUnits, maxStates, maxLookarounds } = patternLimits;
  if (source.length > maxPatternUnits) {
    return refuse(`A pattern of ${source.length} characters is too long.`, `Use at most ${maxPatternUnits}.`);
  }
  if (!isWellFormed(source)) {
    return refuse("This is not a regular expression of JavaScript.", "Escape characters that are meant literally.");
  }
  const parsed = parsePattern(source, ignoreCase);
  if (!parsed.ok) {
    return refuse(
      `The pattern has ${parsed.error}, which can't be matched in linear time.`,
      "Write the alternatives out, or split the pattern into several conditions.",
    );
  }
  if (sizeOf(parsed.value) > maxStates) {
    return refuse("The pattern's counted repetitions make it too large.", "Use smaller counts, or * and +.");
  }
  if ((source.match(/\(\?<?[=!]/g)?.length ?? 0) > maxLookarounds) {
    return refuse("The pattern has too many lookarounds.", `Use at most ${maxLookarounds}, or several conditions.`);
  }
  return ok(parsed.value);
}

const refuse = (message: string, advice: string) => fail({ message, advice });

/** JavaScript's own reading of the syntax. */
function isWellFormed(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

function quickTest(source: string, ignoreCase: boolean, node: Node): (text: string) => Answer {
  if (!isLinearInJavaScript(node)) return lazily(() => automatonTest(node));
  const pattern = new RegExp(source, ignoreCase ? "i" : "");
  return (text) => pattern.test(text);
}

function lazily(build: () => (text: string) => Answer): (text: string) => Answer {
  let built: ((text: string) => Answer) | null = null;
  return (text) => {
    built ??= build();
    return built(text);
  };
}

/** The third of three ways, and the general one. Exported for the tests that hold it against JavaScript's matcher. */
export function automatonTest(node: Node): (text: string) => Answer {
  const { main, looks, sets } = programsOf(node);
  const alphabet = alphabetOf(sets);
  const automatonOf = (program: typeof main) => createAutomaton(program, alphabet, looks.length);
  return createRunner(automatonOf(main), looks.map(automatonOf), alphabet);
}
