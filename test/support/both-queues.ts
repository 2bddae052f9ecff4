import { describe } from 'vitest';

import { redisMissing } from './redis.js';

export type QueueBackend = 'postgres' | 'redis';

/** Runs a suite on both backends of the queue. Without Redis, that half is reported as skipped. */
export function describeOnBothQueues(name: string, suite: (queue: QueueBackend) => void): void {
  describe(`${name} (queue in Postgres)`, () => {
    suite('postgres');
  });
  if (redisMissing !== null) console.warn(`skipped: ${name} (queue in Redis): ${redisMissing}`);
  describe.skipIf(redisMissing !== null)(`${name} (queue in Redis)`, () => {
    suite('redis');
  });
}
