import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

import { type Missing } from './requirements.js';

/** Where Debian and others install it. */
const candidates = [
  process.env['BULKHEAD_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const executablePath = candidates.find((path) => path !== undefined && existsSync(path));

/** Says that tests in a browser cannot run; null if they can. */
export function missingBrowser(): Missing | null {
  if (executablePath !== undefined) return null;
  return {
    reason: 'Chromium is not here.',
    remedy: 'Install the package `chromium`, or set BULKHEAD_CHROMIUM to its program.',
  };
}

/** Starts a browser without a window. */
export async function startBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium.');
  // Tests run as root in containers, where Chromium's sandbox cannot be set up; only loopback pages are opened.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
