import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { ApiClient, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';

interface ClusterBody {
  id: string;
  capabilities: { networkPolicyEngine: { state: string; name: string | null } } | null;
}

const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-cluster-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const only = async (bulkhead: Bulkhead): Promise<ClusterBody> => {
  const { items } = await bulkhead.api.get<{ items: ClusterBody[] }>('/v1/clusters');
  if (items.length !== 1 || items[0] === undefined) throw new Error('there is not one cluster');
  return items[0];
};
const isolation = async (bulkhead: Bulkhead, id: string): Promise<object | undefined> =>
  (await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`)).conditions.find(({ type }) => type === 'NetworkIsolated');

test('a cluster shows its capabilities, and tenants show the consequences', async () => {
  const bulkhead = await Bulkhead.start();
  try {
    expect(await only(bulkhead)).toMatchObject({ capabilities: null });
    const worker = await bulkhead.startWorker();
    const { id } = await only(bulkhead);
    await eventually('a worker has looked', async () => (await only(bulkhead)).capabilities !== null);
    const unenforced = { state: 'absent', name: null };
    expect(await bulkhead.api.get(`/v1/clusters/${id}`)).toMatchObject({
      id,
      capabilities: {
        version: '1.36',
        mutatingAdmissionPolicies: true,
        clusterNetworkPolicies: false,
        gatekeeper: { present: false },
        networkPolicyEngine: unenforced,
      },
    });
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    expect(await isolation(bulkhead, tenant.id)).toMatchObject({ status: 'Unknown', reason: 'NoNetworkPolicyEngine' });
    expect(await bulkhead.api.get(`/v1/tenants/${tenant.id}`)).toMatchObject({ phase: 'active' });

    // The engine is configured by name: the tenant is reconciled although its object set is unchanged.
    await worker.stop();
    const file = path.join(folder, 'cluster.json');
    writeFileSync(file, JSON.stringify({ networkPolicyEngine: 'Our own' }));
    await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: file });
    await bulkhead.database.query('UPDATE tenants SET next_reconcile_at = now()');
    await eventually('the condition follows', async () => {
      const condition = await isolation(bulkhead, tenant.id);
      return (condition as { status: string }).status === 'True';
    });
    expect(await only(bulkhead)).toMatchObject({ capabilities: { networkPolicyEngine: { name: 'Our own' } } });
  } finally {
    await bulkhead.stop();
  }
});

test('administrators, operators and auditors can read clusters', async () => {
  const bulkhead = await Bulkhead.start();
  try {
    const [auditor, signup] = await Promise.all(
      ['auditor', 'signup'].map(async (role) => new ApiClient(bulkhead.url, await bulkhead.createKey(role))),
    );
    expect((await auditor?.send('GET', '/v1/clusters'))?.status).toBe(200);
    expect((await signup?.send('GET', '/v1/clusters'))?.status).toBe(403);
    const unknown = await bulkhead.api.send('GET', '/v1/clusters/cluster_01h455vb4pex5vsknk084sn02q');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'cluster.not_found' } });
  } finally {
    await bulkhead.stop();
  }
});
