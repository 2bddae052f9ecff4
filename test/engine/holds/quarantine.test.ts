import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ApiClient, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

interface Radius {
  match: string;
  hit: number;
  skipped: number;
  tenants: { id: string; skipped: string | null }[];
}
interface QuarantineBody {
  id: string;
  counts: Record<string, number>;
  tenants: { id: string; state: string }[];
}

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function newTenant(labels: Record<string, string>, plan = 'team'): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan, labels })).tenant;
}
const send = (path: string, body?: object): ReturnType<ApiClient['send']> =>
  bulkhead.api.send('POST', `/v1/quarantine${path}`, body);
const preview = async (selector: object): Promise<Radius> =>
  (await send('/preview', { selector })).body as unknown as Radius;
const place = async (selector: object): Promise<QuarantineBody> => {
  const { match } = await preview(selector);
  const placed = await send('', { selector, reason: 'CVE-2026-12345', match });
  expect(placed.status, JSON.stringify(placed.body)).toBe(202);
  return placed.body as unknown as QuarantineBody;
};
const settled = (id: string): Promise<QuarantineBody> =>
  eventually('no tenant is pending', async () => {
    const found = await bulkhead.api.get<QuarantineBody>(`/v1/quarantine/${id}`);
    return found.counts['pending'] === 0 ? found : undefined;
  });
const phaseOf = async (id: string): Promise<string> => (await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`)).phase;
const policiesOf = async ({ slug }: TenantBody): Promise<number> =>
  (await cluster.networking.listNamespacedNetworkPolicy({ namespace: `tn-${slug}` })).items.length;

describe('a quarantine of many tenants', () => {
  test('cuts off the tenants of its preview, and is lifted for exactly them', async () => {
    const region = newSlug('region');
    const tenants = await Promise.all([newTenant({ region }), newTenant({ region }), newTenant({ region }, 'free')]);
    const [first, second, free] = tenants;
    const held = { source: 'security', effect: 'quarantine', reason: 'Before.' };
    await bulkhead.api.change('POST', `/v1/tenants/${second.id}/holds`, held);
    const radius = await preview({ labels: { region } });
    expect(radius).toMatchObject({ hit: 2, skipped: 1 });
    expect(radius.tenants.find(({ id }) => id === second.id)).toMatchObject({ skipped: 'quarantined' });
    expect(await phaseOf(first.id)).toBe('active');
    expect(await preview({ labels: { region }, plan: 'free' })).toMatchObject({ hit: 1, tenants: [{ id: free.id }] });

    const { id } = await place({ labels: { region } });
    expect(await settled(id)).toMatchObject({ counts: { 'in-force': 2, failed: 0, lifted: 0 } });
    expect(await Promise.all(tenants.map((tenant) => phaseOf(tenant.id)))).toEqual([
      'quarantined',
      'quarantined',
      'quarantined',
    ]);
    expect(await policiesOf(first)).toBe(1);
    const deletions = workerWrites(`/namespaces/tn-${free.slug}/networkpolicies/`).filter(
      ({ verb }) => verb === 'delete',
    );
    expect(deletions.map(({ requestURI }) => requestURI.split('/').at(-1))).toEqual(['tenant-allow']);

    expect((await send(`/${id}/lift`)).status).toBe(202);
    expect(await settled(id)).toMatchObject({ counts: { 'in-force': 0, lifted: 2 } });
    expect(await Promise.all(tenants.map((tenant) => phaseOf(tenant.id)))).toEqual(['active', 'quarantined', 'active']);
    expect(await policiesOf(first)).toBeGreaterThan(1);
    expect(await send(`/${id}/lift`)).toMatchObject({ status: 404, body: { code: 'quarantine.not_found' } });
    const { items } = await bulkhead.api.get<{ items: { id: string; liftedBy: string | null }[] }>('/v1/quarantine');
    expect(items.find((item) => item.id === id)?.liftedBy).toMatch(/^key_/);
  });

  test('is refused if it would hit other tenants than its preview showed', async () => {
    const region = newSlug('region');
    const known = await newTenant({ region });
    const { match } = await preview({ labels: { region } });
    await newTenant({ region });
    const selector = { labels: { region } };
    expect(await send('', { selector, reason: 'Late.', match })).toMatchObject({
      status: 412,
      body: { code: 'precondition.preview_stale' },
    });
    expect(await phaseOf(known.id)).toBe('active');
  });

  test('waits for a concurrent one, and quarantines the remaining tenants', async () => {
    const region = newSlug('region');
    const tenants = await Promise.all([newTenant({ region }), newTenant({ region })]);
    const selector = { tenants: tenants.map(({ id }) => id) };
    const { match } = await preview(selector);
    const answers = await Promise.all([1, 2, 3].map(() => send('', { selector, reason: 'Both.', match })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 412, 412]);
  });

  test('skips tenants that are being deleted, and is refused for unknown ones', async () => {
    const tenant = await newTenant({});
    await bulkhead.api.removeTenant(tenant.id);
    expect(await send('/preview', { selector: { tenants: [tenant.id] } })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ pointer: '/selector/tenants/0' }] },
    });
    for (const selector of [{}, { labels: {} }, { image: 'evil' }, { tenants: [] }]) {
      expect((await send('/preview', { selector })).status, JSON.stringify(selector)).toBe(400);
    }
  });

  test('is forbidden to the billing system', async () => {
    const billing = new ApiClient(bulkhead.url, await bulkhead.createKey('billing'));
    const body = { selector: { plan: 'team' } };
    expect((await billing.send('POST', '/v1/quarantine/preview', body)).status).toBe(403);
    expect((await billing.send('GET', '/v1/quarantine')).status).toBe(403);
  });
});
