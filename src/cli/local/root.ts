import { join } from "node:path";

/** The repository: what we run lies here, whatever folder the command was typed in. */
export const root = join(import.meta.dirname, "../../..");

/** The file that runs on workerd, as `npm run build` leaves it. */
export const workerFile = join(root, "dist/worker.js");

/** The browser's helper, to be looked at and measured. */
export const clientFile = join(root, "dist/client.js");

/** The same as a module that the Worker carries. It is kept in the repository, so that sources alone make a Worker. */
export const clientModuleFile = join(root, "src/parts/client-text.ts");
