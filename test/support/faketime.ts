import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { inject } from 'vitest';

import { type Missing } from './requirements.js';

function findLibrary(): string | null {
  const folders = readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name, 'faketime'));
  const files = [...folders, '/usr/local/lib/faketime'].map((folder) => path.join(folder, 'libfaketimeMT.so.1'));
  return files.find((file) => existsSync(file)) ?? null;
}

const library = process.platform === 'linux' ? findLibrary() : null;

/** Why the clock cannot be changed here; null if it can. */
export const faketimeMissing: Missing | null =
  library === null
    ? { reason: 'libfaketime is not installed', remedy: 'on Linux, install it (Debian: apt-get install faketime)' }
    : null;

/** The wall clock of programs started with `env`. The monotonic clock is not affected. */
export interface Clock {
  env: Record<string, string>;
  /** Sets it ahead of or behind the real time. */
  set(minutes: number): void;
}

export function newClock(minutes = 0): Clock {
  const file = path.join(mkdtempSync(path.join(inject('temporaryFolder'), 'clock-')), 'offset');
  const set = (offset: number): void => {
    writeFileSync(file, `${offset < 0 ? '-' : '+'}${Math.abs(offset)}m`);
  };
  set(minutes);
  return {
    env: {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}
