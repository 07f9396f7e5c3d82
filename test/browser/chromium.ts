import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian, macOS and Chrome's own package put it; `CHROMIUM` names any other. */
const places = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that is there, or `null` after saying how to get one: its tests are then left out. */
export function chromiumPath(): string | null {
  const path = places.find((place) => place !== undefined && existsSync(place)) ?? null;
  if (path === null) {
    console.warn(
      "No Chromium here, so the browser tests are left out. On Debian: apt-get install chromium; or set CHROMIUM.",
    );
  }
  return path;
}

/** Without these Chromium looks things up on its own, and as root it will not start in its sandbox. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless Chromium with nothing kept from earlier runs. */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: flags });
}
