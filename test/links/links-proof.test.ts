import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { linkOnce, makeService, proposeLink } from '../support/links.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
}

interface ProofBody {
  report: {
    checks: { id: string; status: string; evidence: { detail: Record<string, unknown> | null }[] }[];
  } | null;
}

test('reachability and the isolation check name a link as the reason, and find nothing else open', async () => {
  const [provider, consumer] = [await newTenant(), await newTenant()];
  await makeService(new Cluster(), provider);
  const link = await proposeLink(bulkhead.api, { provider, consumer });
  await linkOnce(bulkhead.api, link.id, ({ state }) => state === 'active');
  interface Reachability {
    otherTenants: {
      reaches: string[];
      links: { id: string; direction: string; tenantId: string; ways: { endpoint: string; ports: string[] }[] }[];
    };
  }
  const { otherTenants } = await bulkhead.api.get<Reachability>(`/v1/tenants/${consumer.id}/reachability`);
  expect(otherTenants.reaches).toEqual([provider.id]);
  expect(otherTenants.links).toMatchObject([{ id: link.id, direction: 'outbound', tenantId: provider.id }]);
  const opened = otherTenants.links.flatMap(({ ways }) =>
    ways.map(({ endpoint, ports }) => `${endpoint}: ${ports.join()}`),
  );
  expect(new Set(opened)).toEqual(new Set([`pod of the Service api in tn-${provider.slug}: TCP/8080`]));
  const { links } = await bulkhead.api.get<{ links: Record<string, unknown>[] }>('/v1/reachability');
  const between = links.filter(({ from, to }) => from === consumer.id && to === provider.id);
  expect(between).toMatchObject([{ ports: ['TCP/8080'], becauseOf: [link.id] }]);

  for (const { id } of [provider, consumer]) {
    const started = await bulkhead.api.send('POST', `/v1/tenants/${id}/isolation-checks`);
    const { report } = await bulkhead.api.get<ProofBody>(`${started.headers.get('location') ?? ''}?wait=60`);
    const check = report?.checks.find((each) => each.id === 'block-traffic-of-other-tenants');
    expect(check?.status).toBe('pass');
    expect(check?.evidence.filter(({ detail }) => detail?.['link'] === link.id).length).toBeGreaterThan(0);
  }
});
