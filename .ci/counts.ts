import { readFile } from "node:fs/promises";
import * as z from "zod";

/** Prints what vitest's own JSON report counted, as the last line of CI: `N passed, N failed`. */
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

const [path = ""] = process.argv.slice(2);
const report = await readFile(path, "utf8").then((text) => Report.parse(JSON.parse(text)), nothingRan);
// A file that could not even be loaded has no test that failed, and is a failure all the same.
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && !assertionResults.some((each) => each.status === "failed"),
);
const failed = report.numFailedTests + unloaded.length;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1;

function nothingRan(error: unknown): z.infer<typeof Report> {
  console.error(`The tests left no report: ${error}`);
  return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };
}
