import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { inject } from 'vitest';

function findLibrary(): string | null {
  const folders = readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name, 'faketime'));
  const files = [...folders, '/usr/local/lib/faketime'].map((folder) => path.join(folder, 'libfaketimeMT.so.1'));
  return files.find((file) => existsSync(file)) ?? null;
}

const library = process.platform === 'linux' ? findLibrary() : null;

/** Why no clock can be changed here; null when it can. */
export const faketimeMissing = library === null ? 'there is no libfaketime on this machine' : null;

/** The wall clock of a program that is started with `env`. The monotonic clock goes on as it does. */
export interface Clock {
  env: Record<string, string>;
  /** Sets it ahead of the true time, or behind. */
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
