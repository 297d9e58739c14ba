import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A Chromium of the PATH, or the one that BROWSER_PATH names, or the reason for which tests are skipped; printed, and an
 * error where REQUIRE_SERVICES is set.
 */
export async function startBrowser(): Promise<Browser | { readonly missing: string }> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const binary =
    process.env.BROWSER_PATH ?? NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (binary !== undefined) {
    // The pages are the tests' own, and the sandbox needs what containers withhold.
    return chromium.launch({ executablePath: binary, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  }
  const reason = `there is no ${NAMES.join(' or ')} on the PATH and BROWSER_PATH is not set`;
  if (process.env.REQUIRE_SERVICES === '1') throw new Error(`REQUIRE_SERVICES is set, but ${reason}`);
  console.warn(`skipping the tests in a browser: ${reason}`);
  return { missing: reason };
}
