import { run } from "./run.ts";
import { terminalOf, wantsColours } from "./terminal.ts";

/** `npm run caramel -- <command>`: the command line. */
const colours = wantsColours(process.stdout.isTTY && process.stderr.isTTY, process.env);

// Whoever reads only the first lines (`| head`) has what they wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  terminal: terminalOf(
    (text) => void process.stdout.write(`${text}\n`),
    (text) => void process.stderr.write(`${text}\n`),
    colours,
  ),
});
