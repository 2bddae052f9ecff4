import { setTimeout as pause } from 'node:timers/promises';

import { idOf } from '#persistence';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { type Program } from '../../support/program.js';

/** Time that Docker grants a container before it kills it. */
const GRACE_MS = 10_000;

const tooBusy = {
  kind: 'answer',
  status: 429,
  headers: { 'retry-after': '10' },
  body: { kind: 'Status', reason: 'TooManyRequests', code: 429, message: 'Too many requests.' },
} as const;

async function stopsInTime(worker: Program): Promise<void> {
  const ended = await Promise.race([worker.stop('SIGTERM').then(() => true), pause(GRACE_MS, false, { ref: false })]);
  expect(ended, worker.output().slice(-2_000)).toBe(true);
}

describeOnBothQueues('a busy worker that is asked to stop', (queue) => {
  let bulkhead: Bulkhead;
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await FaultProxy.start();
    bulkhead = await Bulkhead.start({ queue, kubeconfig: proxy.kubeconfig });
  });
  afterAll(async () => {
    await bulkhead.stop();
    await proxy.stop();
  });

  const post = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, () =>
        bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('stop'), plan: 'team' }),
      ),
    );
  const leased = (): Promise<object[]> =>
    bulkhead.database.query('SELECT id FROM tenants WHERE lease_owner IS NOT NULL');
  const allActive = (): Promise<unknown> =>
    eventually(
      'all are active',
      async () => (await bulkhead.database.query("SELECT 1 FROM tenants WHERE phase <> 'active'")).length === 0,
      60_000,
    );

  async function startedWorker(): Promise<Program> {
    const worker = await bulkhead.startWorker();
    await allActive();
    return worker;
  }

  test('finishes its passes and leaves the rest to the next', async () => {
    const worker = await bulkhead.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '8' });
    const posted = post(30);
    await eventually('it is busy', async () => (await leased()).length > 3);
    await stopsInTime(worker);
    expect(await leased()).toEqual([]);
    await posted;
    await stopsInTime(await startedWorker());
  });

  test('hands over an isolation check, which another worker takes up at once', async () => {
    const release = Promise.withResolvers<undefined>();
    let held = 0;
    const lift = proxy.use(({ path }) => {
      if (!path.includes('/subjectaccessreviews/')) return undefined;
      held += 1;
      return { kind: 'hold', when: 'before', until: release.promise };
    });
    const worker = await bulkhead.startWorker();
    const [tenant] = await bulkhead.database.query<{ id: string }>('SELECT id FROM tenants LIMIT 1');
    const path = `/v1/tenants/${idOf('tenant', tenant?.id ?? '')}/isolation-checks`;
    expect((await bulkhead.api.send('POST', path)).status).toBe(202);
    await eventually('it examines the tenant', () => Promise.resolve(held > 0));
    await stopsInTime(worker);
    const checks = (): Promise<object[]> =>
      bulkhead.database.query('SELECT state, started_at IS NULL AS due FROM isolation_checks');
    expect(await checks()).toEqual([{ state: 'pending', due: true }]);
    lift();
    release.resolve(undefined);
    const next = await bulkhead.startWorker();
    await eventually('the check is made', async () => {
      const [check] = (await checks()) as { state: string }[];
      return check?.state === 'succeeded';
    });
    await next.stop();
  });

  // Passes over changed tenants do not come from the queue (ADR 25).
  if (queue === 'redis') return;

  test('hands over the passes that wait for an API server, and blames the cluster for none', async () => {
    const release = Promise.withResolvers<undefined>();
    let held = 0;
    const lift = proxy.use(({ isWrite, path, query }) => {
      // A worker asks for the audiences of the API server before it begins anything.
      if (!isWrite || query.has('dryRun') || path.includes('/token')) return undefined;
      held += 1;
      return held % 2 === 0 ? tooBusy : { kind: 'hold', when: 'before', until: release.promise };
    });
    const worker = await bulkhead.startWorker();
    await post(6);
    await eventually('it waits', () => Promise.resolve(held >= 6));
    await stopsInTime(worker);
    expect(await leased()).toEqual([]);
    expect(
      await bulkhead.database.query(
        `SELECT slug, failure_count, conditions FROM tenants
         WHERE failure_count > 0 OR conditions @> '[{"type": "ClusterReachable", "status": "False"}]'`,
      ),
    ).toEqual([]);
    lift();
    release.resolve(undefined);
    await stopsInTime(await startedWorker());
  });
});
