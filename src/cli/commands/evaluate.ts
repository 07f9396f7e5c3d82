import { type Command, exitCodes } from "../command.ts";
import { evaluateLines } from "../evaluate-lines.ts";

/** `caramel evaluate`: the door for pipelines and other languages. Needs no server, and ends well whatever the lines say. */
export const evaluate: Command = {
  name: "evaluate",
  usage: "",
  about: "answer questions in JSON lines from the standard input, each with one line",
  details: [
    'Each line holds one question, and its answer is {"result": …} or {"error": "…"}:',
    '  {"condition": …, "attributes": …, "groups"?: …}',
    '  {"hash": {"seed", "value", "version"}}        {"ranges": {"variations", "coverage"?, "weights"?}}',
    '  {"growthbook": {"features"?, "experiment"?, "savedGroups"?}, "attributes", "feature"?, "stickyBuckets"?, …}',
    '  {"release": <file or release>, "request": {"url", "visitor"?, …}, "profile"?, "at"?}',
    "Answers come as soon as their line is there. Run it with `npm run -s`, which keeps npm's own words out.",
    "docs/evaluate.md says what each question takes and what its answer holds.",
  ],
  operands: [0, 0],
  options: [],
  run: async () => {
    // Whoever reads the answers may have enough of them: `| head`.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(exitCodes.ok);
      throw error;
    });
    await evaluateLines(process.stdin, process.stdout, Date.now);
    return exitCodes.ok;
  },
};
