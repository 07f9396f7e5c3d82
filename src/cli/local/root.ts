import { join } from "node:path";

/** The repository: what we run lies here, whatever folder the command was typed in. */
export const root = join(import.meta.dirname, "../../..");

/** The file that runs on workerd, as `npm run build` leaves it. */
export const workerFile = join(root, "dist/worker.js");

/** The browser's file, when there is browser code. */
export const clientFile = join(root, "dist/client.js");
