import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { beforeAll, describe, expect, test } from 'vitest';

import { FailedLogins } from './failed-logins.js';
import { RateLimits } from './rate-limits.js';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** Logins that may fail twice. The database is not connected, so the process counts by itself. */
function logins(): FailedLogins {
  const database = new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1:1/none' });
  return new FailedLogins(new RateLimits(database, { read: 0, change: 0, create: 0, login: 2 }));
}

const isRefused = (failed: FailedLogins, address: string, credential = 'other'): boolean => {
  try {
    failed.refuseBlocked(address, credential);
    return false;
  } catch {
    return true;
  }
};

describe('an address from which too many logins failed', () => {
  test('is refused with all its network in IPv6, and alone in IPv4, however it is written', async () => {
    const failed = logins();
    for (const number of [1, 2, 3]) {
      await failed.noteFailure(`2001:db8:0:1::${number}`, `wrong-${number}`);
      await failed.noteFailure('::ffff:203.0.113.7', `wrong-${number}`);
    }
    expect(isRefused(failed, '2001:db8:0:1:ffff::9')).toBe(true);
    expect(isRefused(failed, '2001:db8:0:2::1')).toBe(false);
    expect(isRefused(failed, '203.0.113.7')).toBe(true);
    expect(isRefused(failed, '203.0.113.8')).toBe(false);
  });

  test('is let in with a credential that worked there, until that fails itself', async () => {
    const failed = logins();
    failed.noteSuccess('203.0.113.7', 'right');
    for (const number of [1, 2, 3]) await failed.noteFailure('203.0.113.7', `wrong-${number}`);
    expect(isRefused(failed, '203.0.113.7', 'right')).toBe(false);
    expect(isRefused(failed, '203.0.113.7', 'wrong-1')).toBe(true);
    await failed.noteFailure('203.0.113.7', 'right');
    expect(isRefused(failed, '203.0.113.7', 'right')).toBe(true);
  });
});
