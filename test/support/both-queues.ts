import { describe } from 'vitest';

import { redisMissing } from './redis.js';
import { unless } from './requirements.js';

export type QueueBackend = 'postgres' | 'redis';

/** Runs a suite on both backends of the queue. Without Redis, that half is reported as skipped. */
export function describeOnBothQueues(name: string, suite: (queue: QueueBackend) => void): void {
  describe(`${name} (queue in Postgres)`, () => {
    suite('postgres');
  });
  describe(`${name} (queue in Redis)`, unless(redisMissing), () => {
    suite('redis');
  });
}
