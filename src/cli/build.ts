import { stat } from "node:fs/promises";
import { buildAll } from "./local/bundle.ts";
import { workerFile } from "./local/root.ts";

/** `npm run build`: what is deployed and what `npm start` runs. */
try {
  await buildAll();
  const { size } = await stat(workerFile);
  console.log(`dist/worker.js, ${Math.round(size / 1024)} KB before compression`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
