import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { type Json, rule } from '../support/network-rules.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

interface Emergency {
  id: string;
  counts: Record<string, number>;
  tenants: { id: string; state: string }[];
}

async function newTenant(labels: Record<string, string> = {}): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team', labels })).tenant;
}
/** The addresses that are left out of what a tenant's policies open. */
async function excepted({ slug }: TenantBody): Promise<string[]> {
  const { items } = await cluster.networking.listNamespacedNetworkPolicy({ namespace: `tn-${slug}` });
  const peers = items.flatMap(({ spec }) => (spec?.egress ?? []).flatMap(({ to }) => to ?? []));
  return peers.flatMap(({ ipBlock }) => ipBlock?.except ?? []);
}
async function place(body: Json): Promise<Emergency> {
  const { match } = (await bulkhead.api.send('POST', '/v1/network-rules/preview', body)).body;
  const made = await bulkhead.api.send('POST', '/v1/network-rules', { ...body, reason: 'Case 4711.', match });
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  return made.body as unknown as Emergency;
}
const settled = (id: string): Promise<Emergency> =>
  eventually('no tenant is pending', async () => {
    const found = await bulkhead.api.get<Emergency>(`/v1/network-rules/${id}`);
    return found.counts['pending'] === 0 ? found : undefined;
  });

const attacked = '9.9.9.9/32';
const denial = (selector: Json, more: Json = {}): Json => ({
  direction: 'egress',
  cidrs: [attacked],
  selector,
  ...more,
});

test('an emergency rule closes an address for all tenants, also frozen, held and new ones, until it is lifted', async () => {
  const [plain, frozen, held] = [await newTenant(), await newTenant(), await newTenant()];
  const hold = (effect: string): Json => ({ source: 'security', effect, reason: 'Case 1.' });
  await bulkhead.api.change('POST', `/v1/tenants/${frozen.id}/holds`, hold('freeze'));
  const quarantine = await bulkhead.api.change('POST', `/v1/tenants/${held.id}/holds`, hold('quarantine'));
  // Its own rule allows what the emergency denies.
  const own = rule({ cidrs: ['9.9.9.0/24'], beyondPlan: true });
  await bulkhead.api.send('POST', `/v1/tenants/${plain.id}/network-rules`, own, { prefer: 'wait=45' });
  for (const tenant of [plain, frozen, held]) expect(await excepted(tenant)).not.toContain(attacked);
  const started = performance.now();
  const made = await place(denial({ all: true }));
  await settled(made.id);
  console.log(`emergency rule: in the cluster ${Math.round(performance.now() - started)} ms after the calls`);
  expect((await settled(made.id)).counts).toMatchObject({ failed: 0, lifted: 0 });
  const open = async (tenant: TenantBody): Promise<string[]> => excepted(tenant);
  expect(await open(plain)).toContain(attacked);
  expect(await open(frozen)).toContain(attacked);
  // While it is cut off, nothing is open at all; after that the rule is in force.
  expect(await open(held)).toEqual([]);
  await bulkhead.api.change('DELETE', `/v1/tenants/${held.id}/holds/${quarantine.tenant.id}`);
  expect(await open(held)).toContain(attacked);
  const late = await newTenant();
  expect(await open(late)).toContain(attacked);
  expect((await settled(made.id)).tenants.map(({ id }) => id)).toContain(late.id);
  // Whoever takes the policy away gets it back with the denial.
  await cluster.networking.deleteNamespacedNetworkPolicy({ namespace: `tn-${plain.slug}`, name: 'tenant-allow' });
  await eventually('the denial is restored', async () => (await open(plain)).includes(attacked));
  await eventually('its absence is shown as drift', async () => {
    const { items } = await bulkhead.api.get<{ items: { object: string; kind: string; healedAt: string | null }[] }>(
      `/v1/tenants/${plain.id}/drift`,
    );
    const object = `networking.k8s.io/v1/NetworkPolicy/tn-${plain.slug}/tenant-allow`;
    return items.some((each) => each.object === object && each.kind === 'missing' && each.healedAt !== null);
  });
  expect((await bulkhead.api.send('DELETE', `/v1/network-rules/${made.id}`)).status).toBe(202);
  const { counts } = await settled(made.id);
  expect(counts).toMatchObject({ pending: 0, 'in-force': 0, failed: 0 });
  for (const tenant of [plain, frozen, held, late]) expect(await open(tenant)).not.toContain(attacked);
});

test('an emergency rule ends when it expires, and is for tenants with its labels only', async () => {
  const labels = { case: newSlug() };
  const [meant, other] = [await newTenant(labels), await newTenant()];
  const made = await place(denial({ labels }, { expiresAt: new Date(Date.now() + 6_000).toISOString() }));
  await settled(made.id);
  expect(await excepted(meant)).toContain(attacked);
  expect(await excepted(other)).not.toContain(attacked);
  await eventually('the rule is gone', async () => !(await excepted(meant)).includes(attacked));
  expect(await bulkhead.api.get(`/v1/network-rules/${made.id}`)).toMatchObject({
    endedAt: expect.any(String) as string,
    liftedBy: null,
  });
  const [last] = await bulkhead.database.query<{ by: string }>(
    'SELECT requested_by AS by FROM operations ORDER BY id DESC LIMIT 1',
  );
  expect(last?.by).toBe('bulkhead');
});

test('a tenant that was being created while the rule was made gets it within a minute', async () => {
  const labels = { case: newSlug() };
  const made = await place(denial({ labels }));
  const tenant = await newTenant(labels);
  // As if its first pass had read the rules before this one was committed.
  const before = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  await bulkhead.database.query(
    `UPDATE emergency_rules SET created_at = created_at - interval '61 seconds' WHERE reason = 'Case 4711.' AND ended_at IS NULL`,
  );
  await eventually('the tenant is changed once more', async () => {
    const { generation } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
    return generation > before.generation;
  });
  expect((await settled(made.id)).tenants).toMatchObject([{ id: tenant.id, state: 'in-force' }]);
  await bulkhead.api.send('DELETE', `/v1/network-rules/${made.id}`);
});
