import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes. Results go to `out`, everything about them to `err`; colours only where a person looks. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: (style: Style, text: string) => string;
}

/** Whether to colour: a terminal that has not been told otherwise (https://no-color.org). */
export const wantsColours = (isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean =>
  isTerminal && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";

export const terminalOf = (out: (text: string) => void, err: (text: string) => void, colours: boolean): Terminal => ({
  out,
  err,
  paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
});
