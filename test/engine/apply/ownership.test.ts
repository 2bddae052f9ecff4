import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

const cluster = new Cluster();

/** Removes every label of a namespace, as a user with too many rights might. */
async function unlabel(name: string): Promise<void> {
  const namespace = await cluster.core.readNamespace({ name });
  await cluster.core.replaceNamespace({ name, body: { metadata: { name }, spec: namespace.spec ?? {} } });
}

async function isGone(name: string): Promise<boolean> {
  const { items } = await cluster.core.listNamespace({ fieldSelector: `metadata.name=${name}` });
  return items.length === 0;
}

describeOnBothQueues('a namespace that was tampered with', (queue) => {
  let bulkhead: Bulkhead;

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue, env: { BULKHEAD_RESYNC_SECONDS: '1' } });
    await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  test('gets its label back', async () => {
    const slug = newSlug('label');
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'free' });
    await unlabel(`tn-${slug}`);
    await eventually('the label is back', async () => (await cluster.namespacesOf(tenant.id)).length === 1);
  });

  // The queue carries the comparisons above. What follows does not depend on it.
  if (queue === 'redis') return;

  test('is deleted with its tenant although it lost its label', async () => {
    const slug = newSlug('label');
    // Without a worker in between nothing puts the label back.
    const own = await Bulkhead.start({ queue });
    try {
      const worker = await own.startWorker();
      const { tenant } = await own.api.change('POST', '/v1/tenants', { slug, plan: 'free' });
      await worker.stop();
      await unlabel(`tn-${slug}`);
      await own.startWorker();
      const { operation } = await own.api.removeTenant(tenant.id);
      expect(operation.state).toBe('succeeded');
      expect(await isGone(`tn-${slug}`)).toBe(true);
    } finally {
      await own.stop();
    }
  });

  test('fails its tenant if it was replaced, and is created again once the name is free', async () => {
    const name = `tn-${newSlug('replaced')}`;
    const own = await Bulkhead.start({ queue, env: { BULKHEAD_RESYNC_SECONDS: '1' } });
    try {
      const worker = await own.startWorker();
      const slug = name.replace('tn-', '');
      const { tenant } = await own.api.change('POST', '/v1/tenants', { slug, plan: 'free' });
      const phase = async (): Promise<string> => (await own.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).phase;
      await worker.stop();
      await cluster.core.deleteNamespace({ name });
      await eventually('the namespace is gone', () => isGone(name));
      await cluster.core.createNamespace({ body: { metadata: { name, labels: { owner: 'somebody' } } } });
      await own.startWorker();
      await eventually('the tenant has failed', async () => (await phase()) === 'failed');
      await cluster.core.deleteNamespace({ name });
      await eventually('the tenant is active again', async () => (await phase()) === 'active');
      expect(await cluster.namespacesOf(tenant.id)).toEqual([name]);
    } finally {
      await own.stop();
    }
  });
});
