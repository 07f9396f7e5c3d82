import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { answerLine, type Door } from "../core/door/answer-line.ts";
import { ReleaseShelf } from "../core/door/release-shelf.ts";

/** Answers are written together when they have become this long, or when no line is waiting. */
const batchUnits = 65_536;

/**
 * Reads JSON lines and writes one JSON line for each, in order, until the input ends. A line that is no question gets
 * `{"error"}`, and the rest goes on. Lines may be of any length; answers come as soon as their line is there.
 */
export async function evaluateLines(input: Readable, output: Writable, nowMs: () => number): Promise<void> {
  const door: Door = { nowMs, releases: new ReleaseShelf() };
  let batch = "";
  const flush = async () => {
    const ready = batch;
    batch = "";
    if (ready !== "" && !output.write(ready)) await once(output, "drain");
  };
  for await (const lines of linesIn(input)) {
    for (const line of lines) {
      batch += `${answerLine(line, door)}\n`;
      if (batch.length >= batchUnits) await flush();
    }
    // Whoever waits for an answer before they ask again must get it now.
    await flush();
  }
}

/** The whole lines of each chunk, and at the end what has no line break after it. */
async function* linesIn(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder("utf8");
  const lines = new LineJoiner();
  for await (const chunk of input) {
    const whole = lines.add(typeof chunk === "string" ? chunk : decoder.write(chunk));
    if (whole.length > 0) yield whole;
  }
  const whole = [...lines.add(decoder.end()), ...lines.end()];
  if (whole.length > 0) yield whole;
}

/** Puts lines together from chunks. What is open is kept in pieces, so that a line of many chunks is joined once. */
class LineJoiner {
  #open: string[] = [];
  #isFirst = true;

  /** The lines that this chunk ends. */
  add(text: string): readonly string[] {
    const pieces = text.split("\n");
    const open = pieces.pop() ?? "";
    const whole = pieces.map((piece) => this.#join(piece));
    if (open !== "") this.#open.push(open);
    return whole;
  }

  /** The last line, when no line break ends it. */
  end(): readonly string[] {
    return this.#open.length === 0 ? [] : [this.#join("")];
  }

  #join(last: string): string {
    const line = this.#open.length === 0 ? last : [...this.#open, last].join("");
    this.#open = [];
    const marked = this.#isFirst && line.startsWith("\ufeff");
    this.#isFirst = false;
    return line.slice(marked ? 1 : 0, line.endsWith("\r") ? -1 : undefined);
  }
}
