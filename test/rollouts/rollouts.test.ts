import { AdmissionregistrationV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { mostInFlight, operationsOf, planWith, reaches, type RolloutBody, tenantsOf } from '../support/rollouts.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

const read = (id: string): Promise<TenantBody> => bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
const pods = async ({ slug }: TenantBody): Promise<string | undefined> => (await cluster.quota(`tn-${slug}`))['pods'];
const ask = async (id: string, verb: string, body?: object): Promise<RolloutBody> => {
  const answer = await bulkhead.api.send('POST', `/v1/rollouts/${id}/${verb}`, body);
  if (answer.status !== 202) throw new Error(`${verb} answered ${JSON.stringify(answer.body)}`);
  return answer.body as unknown as RolloutBody;
};

describe('a rollout', () => {
  test('moves the canary, waits to be resumed, and moves the rest, never more at once than it may', async () => {
    const { plan, tenants } = await planWith(bulkhead.api, 12);
    const canary = { tenants: 2 };
    const { id } = await plan.rollOut({ canary, maxConcurrent: 3, pauseAfterCanary: true });
    const paused = await reaches(bulkhead.api, id, 'paused');
    expect(paused).toMatchObject({
      reason: { code: 'CanaryDone' },
      tenants: { succeeded: 2, pending: 10, updating: 0 },
    });
    const moved = (await tenantsOf(bulkhead.api, id)).filter(({ state }) => state === 'succeeded');
    expect(moved.map((tenant) => tenant.canary)).toEqual([true, true]);
    const versions = await Promise.all(tenants.map(async (tenant) => (await read(tenant.id)).plan.version));
    expect(versions.filter((version) => version === 2)).toHaveLength(2);

    await ask(id, 'resume');
    const done = await reaches(bulkhead.api, id, 'succeeded');
    expect(done).toMatchObject({ reason: null, tenants: { total: 12, succeeded: 12 } });
    expect(done.finishedAt).not.toBeNull();
    for (const tenant of tenants) {
      expect(await read(tenant.id)).toMatchObject({
        plan: { id: plan.id, version: 2 },
        phase: 'active',
        generation: 2,
        observedGeneration: 2,
      });
      expect(await pods(tenant)).toBe('30');
      expect(await operationsOf(bulkhead.api, tenant.id)).toMatchObject([
        { state: 'succeeded' },
        { kind: 'update', state: 'succeeded' },
      ]);
    }
    expect(await mostInFlight(bulkhead.api, id)).toBeGreaterThan(1);
    expect(await mostInFlight(bulkhead.api, id)).toBeLessThanOrEqual(3);
  }, 120_000);

  test('starts a wave when the one before is done', async () => {
    const { plan } = await planWith(bulkhead.api, 6);
    const { id } = await plan.rollOut({ canary: { tenants: 0 }, batchSize: 2 });
    await reaches(bulkhead.api, id, 'succeeded');
    const rows = await tenantsOf(bulkhead.api, id);
    for (const index of [2, 3, 4, 5]) {
      const before = rows.slice(0, index - (index % 2)).map(({ finishedAt }) => finishedAt ?? '');
      expect((rows[index]?.startedAt ?? '') > (before.sort().at(-1) ?? '')).toBe(true);
    }
  });

  test('that is rolled back after its end returns each to its own version, and not who left meanwhile', async () => {
    const { plan, tenants } = await planWith(bulkhead.api, 3);
    await plan.addVersion(40);
    const [stays, leaves, ends] = tenants as [TenantBody, TenantBody, TenantBody];
    await bulkhead.api.change('PATCH', `/v1/tenants/${stays.id}`, { plan: { id: plan.id, version: 2 } });
    const { id } = await plan.rollOut({ toVersion: 3 });
    await reaches(bulkhead.api, id, 'succeeded');
    await bulkhead.api.change('PATCH', `/v1/tenants/${leaves.id}`, { plan: 'team' });
    await bulkhead.api.change('DELETE', `/v1/tenants/${ends.id}?retention=0`);
    const [other] = await plan.addTenants(1, 1);

    await ask(id, 'rollback');
    const back = await reaches(bulkhead.api, id, 'rolled_back');
    expect(back).toMatchObject({ direction: 'back', tenants: { rolledBack: 1, skipped: 2, total: 3 } });
    const rows = new Map((await tenantsOf(bulkhead.api, id)).map((row) => [row.tenantId, row]));
    expect(rows.get(leaves.id)).toMatchObject({ state: 'skipped', error: { reason: 'PlanChanged' } });
    expect(rows.get(ends.id)).toMatchObject({ state: 'skipped', error: { reason: 'tenant.deleting' } });
    expect(rows.get(stays.id)).toMatchObject({ state: 'rolled_back', previousVersion: 2, error: null });
    expect((await read(stays.id)).plan).toEqual({ id: plan.id, version: 2 });
    expect((await read(leaves.id)).plan.id).toBe('team');
    expect((await read(other?.id ?? '')).plan).toEqual({ id: plan.id, version: 1 });
    expect(await pods(stays)).toBe('30');
  });

  test('leaves out who is deleted or moved before its turn, and follows a change that keeps the version', async () => {
    const { plan, tenants } = await planWith(bulkhead.api, 4);
    const [deleted, moved, renamed, canary] = tenants as [TenantBody, TenantBody, TenantBody, TenantBody];
    const { id } = await plan.rollOut({ pauseAfterCanary: true });
    await reaches(bulkhead.api, id, 'paused');
    expect((await read(canary.id)).plan.version).toBe(2);
    await bulkhead.api.send('DELETE', `/v1/tenants/${deleted.id}?retention=0`);
    await bulkhead.api.send('PATCH', `/v1/tenants/${moved.id}`, { plan: 'free' });
    await bulkhead.api.send('PATCH', `/v1/tenants/${renamed.id}`, { displayName: 'Renamed' });
    await ask(id, 'resume');
    expect(await reaches(bulkhead.api, id, 'succeeded')).toMatchObject({ tenants: { succeeded: 2, skipped: 2 } });
    expect((await read(renamed.id)).plan.version).toBe(2);
    expect((await read(moved.id)).plan.id).toBe('free');
  });

  test('with a tenant that the version does not allow pauses before the rest, and goes on without it', async () => {
    const { plan } = await planWith(bulkhead.api, 2);
    const [big] = await plan.addTenants(1, 1, ['main', 'staging']);
    await plan.addVersion(50, 1);
    const { id } = await plan.rollOut({ canary: { tenantIds: [big?.id] } });
    const paused = await reaches(bulkhead.api, id, 'paused');
    expect(paused).toMatchObject({ reason: { code: 'TooManyFailures' }, tenants: { failed: 1, pending: 2 } });
    const [failed] = await tenantsOf(bulkhead.api, id);
    expect(failed).toMatchObject({ tenantId: big?.id, state: 'failed', operationId: null });
    expect(failed?.error).toEqual({
      reason: 'tenant.plan_limit',
      message: `The plan "${plan.id}" allows 1 environment, the tenant would have 2.`,
    });
    await ask(id, 'resume');
    expect(await reaches(bulkhead.api, id, 'succeeded')).toMatchObject({ tenants: { failed: 1, succeeded: 2 } });
    expect((await read(big?.id ?? '')).plan.version).toBe(1);
    await ask(id, 'rollback');
    const back = await reaches(bulkhead.api, id, 'rolled_back');
    expect(back).toMatchObject({ tenants: { failed: 1, rolledBack: 2 } });
  });
});

describe('a tenant that the cluster refuses to change', () => {
  const config = new KubeConfig();
  config.loadFromFile(inject('adminKubeconfig'));
  const admission = config.makeApiClient(AdmissionregistrationV1Api);

  /** Makes the API server refuse changes of quotas in one namespace, and waits until it does. */
  async function refuseQuotas(namespace: string): Promise<() => Promise<void>> {
    const name = `refuse-${namespace}`;
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['resourcequotas'], operations: ['UPDATE'] }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    await admission.createValidatingAdmissionPolicy({
      body: {
        metadata: { name },
        spec: {
          matchConstraints: { resourceRules: rules },
          validations: [{ expression: 'false', message: 'Quotas are frozen here.' }],
        },
      },
    });
    await admission.createValidatingAdmissionPolicyBinding({
      body: {
        metadata: { name },
        spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector } },
      },
    });
    const tryOut = async (refused: boolean): Promise<boolean> => {
      const body = await cluster.core.readNamespacedResourceQuota({ namespace, name: 'tenant-quota' });
      Object.assign(body.metadata ?? {}, { annotations: { 'example.com/try': String(Math.random()) } });
      const answer = cluster.core.replaceNamespacedResourceQuota({
        namespace,
        name: 'tenant-quota',
        body,
        dryRun: 'All',
      });
      return answer.then(
        () => !refused,
        () => refused,
      );
    };
    await eventually('changes of quotas are refused', () => tryOut(true));
    return async () => {
      await admission.deleteValidatingAdmissionPolicyBinding({ name });
      await admission.deleteValidatingAdmissionPolicy({ name });
      await eventually('changes of quotas are accepted', () => tryOut(false));
    };
  }

  test('stops the wave; the rollout goes on once it is put right', async () => {
    const { plan, tenants } = await planWith(bulkhead.api, 5);
    const bad = tenants[3] as TenantBody;
    const allow = await refuseQuotas(`tn-${bad.slug}`);
    const { id } = await plan.rollOut({ maxConcurrent: 1 });
    const paused = await reaches(bulkhead.api, id, 'paused');
    expect(paused).toMatchObject({
      reason: { code: 'TooManyFailures', message: '1 tenant failed; the limit is 0. Check their errors.' },
      tenants: { succeeded: 1, failed: 1, pending: 3, updating: 0 },
    });
    const { items } = await bulkhead.api.get<{ items: object[] }>(`/v1/rollouts/${id}/tenants?state=failed`);
    expect(items).toMatchObject([{ tenantId: bad.id, error: { reason: 'WriteRefused' } }]);
    expect(JSON.stringify(items)).toContain('Quotas are frozen here.');

    await ask(id, 'resume', { retryFailed: true });
    expect(await reaches(bulkhead.api, id, 'paused')).toMatchObject({ tenants: { succeeded: 1, failed: 1 } });
    await allow();
    await ask(id, 'resume', { retryFailed: true });
    expect(await reaches(bulkhead.api, id, 'succeeded')).toMatchObject({ tenants: { succeeded: 5, failed: 0 } });
    for (const tenant of tenants) expect(await pods(tenant)).toBe('30');
  });

  test('is returned with those that were moved, and with nobody else', async () => {
    const { plan, tenants } = await planWith(bulkhead.api, 5);
    const bad = tenants[2] as TenantBody;
    const allow = await refuseQuotas(`tn-${bad.slug}`);
    const { id } = await plan.rollOut({ maxConcurrent: 1 });
    await reaches(bulkhead.api, id, 'paused');
    await allow();
    await ask(id, 'rollback');
    const back = await reaches(bulkhead.api, id, 'rolled_back');
    expect(back).toMatchObject({ tenants: { total: 5, rolledBack: 3, skipped: 2, failed: 0 } });
    const generations = await Promise.all(tenants.map(async ({ id: tenant }) => (await read(tenant)).generation));
    expect(generations).toEqual([1, 1, 3, 3, 3]);
    for (const tenant of tenants) {
      expect(await pods(tenant)).toBe('20');
      expect(await read(tenant.id)).toMatchObject({ phase: 'active', plan: { version: 1 } });
    }
  });
});
