import { existsSync } from "node:fs";

/** Whether the other products are here. They have an install of their own, so that nobody who uses Caramel downloads them. */
export const peersAreInstalled = (): boolean =>
  existsSync(new URL("./node_modules/.package-lock.json", import.meta.url));

/** What to do when they are not. */
export const howToInstall = `The products to compare with are not installed. They stand in bench/package.json, apart from Caramel's own
packages. Run this once, and then the benchmark again:

    npm ci --prefix bench
`;
