import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../../../dev/control-plane.mjs';
import { grantWorkerAccess } from '../../../dev/worker-access.mjs';
import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { notTrue } from '../../support/conditions.js';
import { eventually } from '../../support/eventually.js';
import { type Program } from '../../support/program.js';

const environments = ['main', 'staging', 'preview'];

/** Stops a worker (SIGSTOP) when some tenants are active already and at least one is being provisioned. */
async function stopInMidPass(worker: Program, phases: () => Promise<string[]>): Promise<void> {
  await eventually('the worker is in the middle of its work', async () => {
    worker.signal('SIGSTOP');
    // Statements that it had sent by then are carried out.
    await pause(100);
    const now = await phases();
    if (now.includes('active') && now.includes('provisioning')) return true;
    worker.signal('SIGCONT');
    return false;
  });
}

describeOnBothQueues('a worker that dies', (queue) => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue });
  });
  afterAll(() => bulkhead.stop());

  test('while provisioning is succeeded by another that finishes, with nothing duplicated or left over', async () => {
    const first = await bulkhead.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '4' });
    const slugs = Array.from({ length: 20 }, () => newSlug('killed'));
    const accepted = await Promise.all(
      slugs.map((slug) => bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team', environments })),
    );
    const ids = accepted.map(({ body }) => body['id'] as string);
    const phases = async (): Promise<string[]> =>
      (await bulkhead.database.query<{ phase: string }>('SELECT phase FROM tenants')).map(({ phase }) => phase);
    await stopInMidPass(first, phases);
    await first.stop('SIGKILL');
    expect(await phases()).toContain('provisioning');

    await bulkhead.startWorker();
    await eventually(
      'all tenants are active',
      async () => (await phases()).every((phase) => phase === 'active'),
      120_000,
    );
    const [one = [], ...others] = await Promise.all(ids.map((id) => cluster.objectsOf(id)));
    expect(one.length).toBeGreaterThan(20);
    for (const objects of others) expect(objects).toHaveLength(one.length);
    for (const id of ids) {
      const [count] = await bulkhead.database.query<{ operations: number; objects: number }>(
        `SELECT (SELECT count(*)::int FROM operations o WHERE o.tenant_id = t.id) AS operations,
           (SELECT count(*)::int FROM tenant_objects o WHERE o.tenant_id = t.id) AS objects
         FROM tenants t WHERE t.slug = $1`,
        [slugs[ids.indexOf(id)]],
      );
      expect(count).toEqual({ operations: 1, objects: one.length });
    }

    const removals = await Promise.all(ids.map((id) => bulkhead.api.removeTenant(id)));
    expect(removals.map(({ operation }) => operation.state)).toEqual(ids.map(() => 'succeeded'));
    for (const id of ids) expect(await cluster.objectsOf(id)).toEqual([]);
  }, 240_000);

  // A lease does not depend on the queue.
  if (queue === 'redis') return;

  test('or only slept past its lease writes nothing when it wakes up', async () => {
    const own = await Bulkhead.start({ queue });
    try {
      const sleeper = await own.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '4' });
      const slugs = Array.from({ length: 12 }, () => newSlug('slept'));
      for (const slug of slugs) await own.api.send('POST', '/v1/tenants', { slug, plan: 'team', environments });
      const rows = (): Promise<{ phase: string }[]> =>
        own.database.query('SELECT phase, revision, observed_generation, conditions FROM tenants ORDER BY id');
      await stopInMidPass(sleeper, async () => (await rows()).map(({ phase }) => phase));
      await own.startWorker();
      await eventually('all are active', async () => (await rows()).every(({ phase }) => phase === 'active'), 60_000);
      const settled = await rows();
      sleeper.signal('SIGCONT');
      await eventually('the sleeper notices', () =>
        Promise.resolve(/the lease was lost|a job failed/.test(sleeper.output())),
      );
      expect(await rows()).toEqual(settled);
    } finally {
      await own.stop();
    }
  }, 120_000);
});

// Whether a cluster answers does not depend on the queue.
describe('an API server that becomes unavailable', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-outage-'));
  let plane: ControlPlane;
  let bulkhead: Bulkhead;

  beforeAll(async () => {
    plane = await startControlPlane({
      dir,
      binary: inject('controlPlaneBinary'),
      unsafeNoFsync: true,
      liftedLimits: true,
    });
    const kubeconfig = path.join(dir, 'worker.kubeconfig');
    await grantWorkerAccess(plane, kubeconfig);
    bulkhead = await Bulkhead.start({ kubeconfig });
    await bulkhead.startWorker();
  });
  afterAll(async () => {
    await bulkhead.stop();
    await plane.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is reported on the tenant while the API keeps accepting changes, which are applied when it is back', async () => {
    const before = await bulkhead.api.change('POST', '/v1/tenants', {
      slug: newSlug('outage'),
      plan: 'team',
      environments,
    });
    expect(before.operation.state).toBe('succeeded');
    const slugs = Array.from({ length: 6 }, () => newSlug('outage'));
    const answers = await Promise.all(
      slugs.slice(0, 3).map((slug) => bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team', environments })),
    );
    await plane.stopApiServer('SIGKILL');
    for (const slug of slugs.slice(3)) {
      answers.push(await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' }));
    }
    expect(answers.map(({ status }) => status)).toEqual(slugs.map(() => 202));

    const last = answers.at(-1)?.body['id'] as string;
    const unreachable = await eventually('the condition reports it', async () => {
      const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${last}`);
      return conditions.find(({ type, status }) => type === 'ClusterReachable' && status === 'False');
    });
    expect(unreachable).toMatchObject({
      reason: 'ClusterUnreachable',
      message: expect.stringContaining('cannot be used') as string,
    });
    const location = answers.at(-1)?.headers.get('location') ?? '';
    expect(await bulkhead.api.get<OperationBody>(location)).toMatchObject({
      state: 'running',
      error: { reason: 'ClusterUnreachable' },
    });

    await plane.startApiServer();
    const cluster = new Cluster(plane.adminKubeconfig);
    for (const answer of answers) {
      const operation = await bulkhead.api.get<OperationBody>(`${answer.headers.get('location') ?? ''}?wait=60`);
      expect(operation).toMatchObject({ state: 'succeeded', error: null });
      const { id } = answer.body as unknown as TenantBody;
      const tenant = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
      expect(notTrue(tenant.conditions)).toEqual([]);
      const { items } = await bulkhead.api.get<{ items: unknown[] }>(`/v1/tenants/${id}/objects`);
      expect(await cluster.objectsOf(id)).toHaveLength(items.length);
    }
  }, 120_000);
});
