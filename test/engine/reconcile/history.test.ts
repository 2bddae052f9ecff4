import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { sweep } from '../../support/sweep.js';
import { allCommands, type ExpectedTenant, type Model, type Real } from './history-commands.js';

/** Replays the histories of an earlier run, which printed its seed. */
const seed = Number(process.env['BULKHEAD_TEST_SEED'] ?? Date.now() % 2 ** 31);
const runs = { postgres: 3, redis: 2 };

function phaseUnder(hold: ExpectedTenant['hold']): string {
  if (hold === null) return 'active';
  return hold.effect === 'suspend' ? 'suspended' : 'quarantined';
}

describeOnBothQueues('in a random history of changes and crashes', (queue) => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();

  beforeAll(async () => {
    // Changes by others in the cluster are found by the next comparison.
    bulkhead = await Bulkhead.start({ queue, env: { BULKHEAD_RESYNC_SECONDS: '2' } });
  });
  afterAll(() => bulkhead.stop());

  const read = (id: string): Promise<TenantBody> => bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);

  async function isWhole({ id, slug, hold }: ExpectedTenant): Promise<boolean> {
    const { phase, generation, observedGeneration } = await read(id);
    if (phase !== phaseUnder(hold) || observedGeneration !== generation) return false;
    const { items } = await bulkhead.api.get<{ items: { kind: string; namespace: string; name: string }[] }>(
      `/v1/tenants/${id}/objects`,
    );
    const listed = items.map(({ kind, namespace, name }) => [kind, namespace, name].filter(Boolean).join('/'));
    expect(await cluster.objectsOf(id)).toEqual(listed.sort());
    const namespace = `tn-${slug}`;
    const deny = await cluster.networking.readNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' });
    expect(deny.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect((await cluster.quota(namespace))['pods']).not.toBe('9999');
    const { items: bindings } = await cluster.rbac.listNamespacedRoleBinding({ namespace });
    expect(bindings.flatMap(({ subjects = [] }) => subjects).map(({ name }) => name)).not.toContain('eve');
    // Who is held has no access, and no way in or out.
    const { items: policies } = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
    if (hold !== null) expect([bindings.length, policies.length]).toEqual([0, 1]);
    return true;
  }

  /** Asserts the invariants of a tenant's operations once none is under way. */
  async function checkOperations({ slug, generation, isDeleted }: ExpectedTenant): Promise<void> {
    const operations = await bulkhead.database.query<{ generation: number; state: string; ended: boolean }>(
      `SELECT o.generation, o.state, o.finished_at IS NOT NULL AS ended FROM operations o
       JOIN tenants t ON t.id = o.tenant_id WHERE t.slug = $1 ORDER BY o.generation`,
      [slug],
    );
    expect(operations.map((operation) => operation.generation)).toEqual(
      Array.from({ length: generation }, (_, index) => index + 1),
    );
    expect(operations.every(({ ended }) => ended)).toBe(true);
    for (const { state } of operations) expect(['succeeded', 'superseded']).toContain(state);
    expect(operations.at(-1)?.state, isDeleted ? 'the deletion' : 'the newest change').toBe('succeeded');
  }

  async function atRest({ tenants }: Model): Promise<void> {
    for (const tenant of tenants) {
      const { slug, isDeleted, id } = tenant;
      await eventually(
        `${slug} is ${isDeleted ? 'deleted' : 'as it should be'}`,
        async () => (isDeleted ? (await read(id)).phase === 'deleted' : isWhole(tenant)),
        60_000,
      );
      await checkOperations(tenant);
    }
    const gone = tenants.filter(({ isDeleted }) => isDeleted);
    const traces = { tenantIds: gone.map(({ id }) => id), namespaces: gone.map(({ slug }) => `tn-${slug}`) };
    expect(await sweep(traces)).toEqual([]);
  }

  test('every accepted change is applied, and a deleted tenant leaves nothing', async () => {
    console.log(`BULKHEAD_TEST_SEED=${seed} repeats these histories`);
    const history = fc.asyncProperty(fc.commands(allCommands, { maxCommands: 20, size: 'max' }), async (commands) => {
      const model: Model = { tenants: [], workers: 0 };
      const real: Real = { bulkhead, cluster, workers: [], newSlug: () => newSlug('history') };
      try {
        await fc.asyncModelRun(() => ({ model, real }), commands);
        if (real.workers.length === 0) real.workers.push(await bulkhead.startWorker());
        await atRest(model);
        for (const tenant of model.tenants.filter(({ isDeleted }) => !isDeleted)) {
          expect((await bulkhead.api.deleteTenant(tenant.id)).status).toBe(202);
          tenant.generation += 1;
          tenant.isDeleted = true;
        }
        await atRest(model);
      } finally {
        for (const worker of real.workers) await worker.stop();
      }
    });
    // A shorter history that fails too is worth less than the time it takes to find.
    await fc.assert(history, { seed, numRuns: runs[queue], endOnFailure: true });
  }, 400_000);
});
