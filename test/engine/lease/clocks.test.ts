import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { faketimeMissing, newClock } from '../../support/faketime.js';
import { leaseViolations, logLeases, readLeases } from '../../support/lease-log.js';
import { unless } from '../../support/requirements.js';

describe('workers with wrong clocks', unless(faketimeMissing), () => {
  describeOnBothQueues('share the work', (queue) => {
    let bulkhead: Bulkhead;

    beforeAll(async () => {
      bulkhead = await Bulkhead.start({ queue });
      await logLeases(bulkhead.database);
    });
    afterAll(() => bulkhead.stop());

    const post = (count: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, () =>
          bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('clock'), plan: 'team' }),
        ),
      );
    const phases = async (): Promise<string[]> =>
      (await bulkhead.database.query<{ phase: string }>('SELECT phase FROM tenants')).map(({ phase }) => phase);
    const allActive = (): Promise<unknown> =>
      eventually('all are active', async () => (await phases()).every((phase) => phase === 'active'), 90_000);

    test('an hour fast and an hour slow, and lose nothing when the fast one is killed', async () => {
      const fast = await bulkhead.startWorker({ ...newClock(60).env, BULKHEAD_WORKER_CONCURRENCY: '4' });
      await post(16);
      await eventually('it is in the middle of its work', async () => (await phases()).includes('provisioning'));
      await fast.stop('SIGKILL');
      const slow = await bulkhead.startWorker(newClock(-50).env);
      await bulkhead.startWorker();
      await allActive();
      await post(8);
      await allActive();
      await slow.stop();
      expect(leaseViolations(await readLeases(bulkhead.database))).toEqual([]);
    }, 180_000);

    test('jumping under load', async () => {
      const clock = newClock();
      const worker = await bulkhead.startWorker(clock.env);
      for (const minutes of [60, -50, 0]) {
        const posted = post(8);
        await pause(200);
        clock.set(minutes);
        await posted;
      }
      await allActive();
      await worker.stop();
      expect(leaseViolations(await readLeases(bulkhead.database))).toEqual([]);
    }, 180_000);
  });

  test('and one that slept past its lease while its clock was set back knows that it lost the lease', async () => {
    const bulkhead = await Bulkhead.start();
    try {
      await logLeases(bulkhead.database);
      const clock = newClock();
      const sleeper = await bulkhead.startWorker({ ...clock.env, BULKHEAD_WORKER_CONCURRENCY: '4' });
      for (let index = 0; index < 12; index += 1) {
        await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('clock'), plan: 'team' });
      }
      const rows = (): Promise<{ phase: string }[]> =>
        bulkhead.database.query('SELECT phase, revision, observed_generation, conditions FROM tenants ORDER BY id');
      await eventually('it is in the middle of its work', async () =>
        (await rows()).some(({ phase }) => phase === 'provisioning'),
      );
      sleeper.signal('SIGSTOP');
      clock.set(-50);
      await bulkhead.startWorker();
      await eventually('all are active', async () => (await rows()).every(({ phase }) => phase === 'active'), 90_000);
      const settled = await rows();
      sleeper.signal('SIGCONT');
      await eventually('the sleeper notices', () =>
        Promise.resolve(/the lease was lost|a job failed/.test(sleeper.output())),
      );
      expect(await rows()).toEqual(settled);
      expect(leaseViolations(await readLeases(bulkhead.database))).toEqual([]);
    } finally {
      await bulkhead.stop();
    }
  }, 180_000);
});
