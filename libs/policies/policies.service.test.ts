import { Shutdown } from '#background';
import { type Wakeups } from '#tenancy';
import { type Repository } from 'typeorm';
import { expect, test } from 'vitest';

import { PoliciesService } from './policies.service.js';
import { type PolicyJudge } from './rule/policy-judge.js';
import { type Policy, type PolicyVersion } from './policy.entity.js';

test('a caller who waits for a policy is answered when the process stops', async () => {
  const rows = {
    findOneBy: () => Promise.resolve({ id: 'guard', version: 1, state: 'pending' }),
    manager: { findOneByOrFail: () => Promise.resolve({ id: 'guard', version: 1, state: 'pending' }) },
  };
  const shutdown = new Shutdown();
  const service = new PoliciesService(
    rows as unknown as Repository<Policy>,
    rows as unknown as Repository<PolicyVersion>,
    {} as PolicyJudge,
    {} as Wakeups,
    shutdown,
  );
  const began = performance.now();
  const waiting = service.settled('guard', 30);
  shutdown.onModuleDestroy();
  expect((await waiting).policy.state).toBe('pending');
  expect(performance.now() - began).toBeLessThan(5_000);
});
