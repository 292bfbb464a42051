import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where a Chromium of the system usually lies; `CHROMIUM` names another. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const found = [process.env.CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));

/** True where a browser is installed: tests of the page are skipped by name elsewhere. */
export const hasBrowser = found !== undefined;

/** A real, headless Chromium that speaks to nobody but the page. Close it when done. */
export function launchBrowser(): Promise<Browser> {
  if (!found) throw new Error("No Chromium: install Debian's `chromium`, or set CHROMIUM to a binary.");
  return chromium.launch({
    executablePath: found,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}
