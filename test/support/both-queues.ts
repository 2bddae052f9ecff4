import { describe } from 'vitest';

import { redisMissing } from './redis.js';

export type QueueBackend = 'postgres' | 'redis';

/** A suite that must hold on both backends of the queue. Where there is no Redis, that half is skipped by name. */
export function describeOnBothQueues(name: string, suite: (queue: QueueBackend) => void): void {
  describe(`${name} (queue in Postgres)`, () => {
    suite('postgres');
  });
  if (redisMissing !== null) console.warn(`skipped: ${name} (queue in Redis): ${redisMissing}`);
  describe.skipIf(redisMissing !== null)(`${name} (queue in Redis)`, () => {
    suite('redis');
  });
}
