import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { type LinkBody, linkOnce, makeService, type Proposal, proposeLink } from '../support/links.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
}
const twoTenants = async (): Promise<Pick<Proposal, 'provider' | 'consumer'>> => {
  const [provider, consumer] = await Promise.all([newTenant(), newTenant()]);
  return { provider, consumer };
};
/** Two tenants, a Service of the one, and a link to it that stands. */
async function linked(
  more: Partial<Proposal> = {},
): Promise<Pick<Proposal, 'provider' | 'consumer'> & { link: LinkBody }> {
  const tenants = await twoTenants();
  await makeService(cluster, tenants.provider);
  const { id } = await proposeLink(bulkhead.api, { ...tenants, ...more });
  return { ...tenants, link: await active(id) };
}
const active = (id: string): Promise<LinkBody> => linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
const read = (id: string): Promise<LinkBody> => bulkhead.api.get<LinkBody>(`/v1/links/${id}`);
const policiesOf = async ({ slug }: TenantBody): Promise<string[]> =>
  (await cluster.networking.listNamespacedNetworkPolicy({ namespace: `tn-${slug}` })).items
    .map(({ metadata }) => metadata?.name ?? '')
    .sort();
const linkPoliciesOf = async (...tenants: TenantBody[]): Promise<string[]> =>
  (await Promise.all(tenants.map(policiesOf))).flat().filter((name) => name.startsWith('link-'));
const gone = (...tenants: TenantBody[]): Promise<true> =>
  eventually('nothing of the link stands', async () => (await linkPoliciesOf(...tenants)).length === 0);
const namesOf = ({ id }: Pick<LinkBody, 'id'>): string[] => [
  `${id.replaceAll('_', '-')}-provider`,
  `${id.replaceAll('_', '-')}-consumer`,
];
const settled = (...tenants: TenantBody[]): Promise<unknown> =>
  eventually('the tenants are as wanted', async () => {
    const now = await Promise.all(tenants.map(({ id }) => bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`)));
    return now.every(({ generation, observedGeneration }) => generation === observedGeneration);
  });
const operation = (id: string | null): Promise<OperationBody> =>
  bulkhead.api.get<OperationBody>(`/v1/operations/${id ?? ''}?wait=30`);
/** As if the time until the next look had passed. */
const lookNow = (): Promise<unknown> =>
  bulkhead.database.query(`UPDATE links SET resolve_at = now() WHERE service = 'api' AND ended_at IS NULL`);

describe('a link', () => {
  test('opens exactly its port on both sides when both have consented, and is gone from both when it is revoked', async () => {
    const { provider, consumer } = await twoTenants();
    await makeService(cluster, provider);
    const before = [await policiesOf(provider), await policiesOf(consumer)];
    const { id } = await proposeLink(bulkhead.api, { provider, consumer, consents: [] });
    await bulkhead.api.send('POST', `/v1/links/${id}/consents`, { side: 'provider' });
    // Somebody else's link opens meanwhile: what a worker would do for this one, it would have done.
    await linked();
    expect(await read(id)).toMatchObject({ state: 'proposed', resolved: null, provider: { operationId: null } });
    expect([await policiesOf(provider), await policiesOf(consumer)]).toEqual(before);
    await bulkhead.api.send('POST', `/v1/links/${id}/consents`, { side: 'consumer' });

    const link = await active(id);
    expect(link).toMatchObject({
      resolved: { podLabels: { app: 'api' }, ports: [{ port: 80, targetPort: 8080 }] },
      problem: null,
      provider: { inForce: true },
      consumer: { inForce: true },
    });
    for (const side of [link.provider, link.consumer]) {
      expect(await operation(side.operationId)).toMatchObject({
        kind: 'link',
        state: 'succeeded',
        tenantId: side.tenantId,
      });
    }
    const [offered = '', used = ''] = namesOf(link);
    expect(await policiesOf(provider)).toEqual([offered, ...(before[0] ?? [])].sort());
    expect(await policiesOf(consumer)).toEqual([used, ...(before[1] ?? [])].sort());
    const peer = ({ id: tenantId, slug }: TenantBody): object => ({
      matchLabels: { 'kubernetes.io/metadata.name': `tn-${slug}`, 'bulkhead.io/tenant-id': tenantId },
    });
    const port = { protocol: 'TCP', port: 8080 };
    const spec = async (namespace: string, name: string): Promise<object | undefined> =>
      (await cluster.networking.readNamespacedNetworkPolicy({ namespace, name })).spec;
    expect(await spec(`tn-${provider.slug}`, offered)).toEqual({
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Ingress'],
      ingress: [{ _from: [{ namespaceSelector: peer(consumer) }], ports: [port] }],
    });
    expect(await spec(`tn-${consumer.slug}`, used)).toEqual({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ namespaceSelector: peer(provider), podSelector: { matchLabels: { app: 'api' } } }], ports: [port] },
      ],
    });

    const started = performance.now();
    const revoked = await bulkhead.api.send('DELETE', `/v1/links/${id}`);
    await gone(provider, consumer);
    console.log(`revocation: gone on both sides ${Math.round(performance.now() - started)} ms after the call`);
    expect(revoked).toMatchObject({ status: 202, body: { state: 'revoked' } });
    const ended = await read(id);
    expect(revoked.headers.get('location')).toBe(`/v1/operations/${ended.provider.operationId ?? ''}`);
    for (const side of [ended.provider, ended.consumer]) {
      expect(await operation(side.operationId)).toMatchObject({ kind: 'unlink', state: 'succeeded' });
    }
    expect([await policiesOf(provider), await policiesOf(consumer)]).toEqual(before);
  });

  test('ends at its moment', async () => {
    const { provider, consumer, link } = await linked({ expiresInMs: 6_000 });
    await gone(provider, consumer);
    const late = Date.now() - Date.parse(link.expiresAt);
    console.log(`expiry: gone on both sides ${late} ms after its moment`);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(await read(link.id)).toMatchObject({ state: 'expired', ended: { by: 'bulkhead', reason: 'expired' } });
  });

  test('is prolonged without a gap by one that lasts longer', async () => {
    const { provider, consumer, link } = await linked({ expiresInMs: 60_000 });
    const longer = await proposeLink(bulkhead.api, { provider, consumer });
    await active(longer.id);
    const revoked = await bulkhead.api.send('DELETE', `/v1/links/${link.id}`, undefined, { prefer: 'wait=30' });
    expect(revoked.body).toMatchObject({ state: 'revoked', operation: { kind: 'unlink', state: 'succeeded' } });
    await eventually('the first is gone', async () => (await linkPoliciesOf(provider, consumer)).length === 2);
    expect(await linkPoliciesOf(provider, consumer)).toEqual(namesOf(longer));
  });

  test.for([['provider'], ['consumer']] as const)('ends with its %s', async ([side]) => {
    const { link, ...tenants } = await linked();
    const other = side === 'provider' ? tenants.consumer : tenants.provider;
    const { operation: deletion } = await bulkhead.api.removeTenant(tenants[side].id);
    expect(deletion).toMatchObject({ kind: 'delete', state: 'succeeded' });
    await gone(other);
    expect(await read(link.id)).toMatchObject({
      state: 'revoked',
      ended: { by: 'bulkhead', reason: 'tenant-deleted' },
    });
    await settled(other);
    expect((await bulkhead.api.get<TenantBody>(`/v1/tenants/${other.id}`)).phase).toBe('active');
  });

  test.for([
    ['provider', 'quarantine'],
    ['consumer', 'suspend'],
  ] as const)('is closed on both sides while its %s is under a hold that cuts it off', async ([side, effect]) => {
    const { link, provider, consumer } = await linked();
    const held = link[side].tenantId;
    const body = { source: 'security', effect, reason: 'Test.' };
    const placed = await bulkhead.api.change('POST', `/v1/tenants/${held}/holds`, body);
    expect(placed.operation).toMatchObject({ kind: 'hold', state: 'succeeded' });
    await gone(provider, consumer);
    expect(await read(link.id)).toMatchObject({
      state: 'approved',
      ended: null,
      [side]: { cutOff: true, inForce: false },
    });
    await settled(provider, consumer);
    const [hold] = (await bulkhead.api.get<{ items: { id: string }[] }>(`/v1/tenants/${held}/holds`)).items;
    await bulkhead.api.change('DELETE', `/v1/tenants/${held}/holds/${hold?.id ?? ''}`);
    await active(link.id);
    expect(await linkPoliciesOf(provider, consumer)).toEqual(namesOf(link));
  });
});

describe('the service of a link', () => {
  test('may come later, change, and go', async () => {
    const { provider, consumer } = await twoTenants();
    const { id } = await proposeLink(bulkhead.api, { provider, consumer });
    const failed = await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed');
    expect(failed.problem).toMatchObject({ code: 'ServiceNotFound', object: `v1/Service/tn-${provider.slug}/api` });
    expect(failed.problem?.remedy).toContain('Create the Service');
    expect(await linkPoliciesOf(provider, consumer)).toEqual([]);

    await makeService(cluster, provider);
    const link = await active(id);
    expect(link.problem).toBeNull();
    const namespace = `tn-${provider.slug}`;
    const change = { spec: { selector: { app: 'api', version: 'blue' }, ports: [{ port: 80, targetPort: 9090 }] } };
    await cluster.core.deleteNamespacedService({ namespace, name: 'api' });
    await makeService(cluster, provider, change.spec);
    await lookNow();
    const followed = await linkOnce(
      bulkhead.api,
      id,
      ({ state, resolved }) => state === 'active' && resolved?.ports[0]?.targetPort === 9090,
    );
    expect(followed.resolved).toEqual({ podLabels: change.spec.selector, ports: [{ port: 80, targetPort: 9090 }] });
    const [offered = ''] = namesOf(link);
    const { spec } = await cluster.networking.readNamespacedNetworkPolicy({ namespace, name: offered });
    expect(spec?.podSelector).toEqual({ matchLabels: change.spec.selector });
    expect(spec?.ingress?.[0]?.ports).toEqual([{ protocol: 'TCP', port: 9090 }]);

    await cluster.core.deleteNamespacedService({ namespace, name: 'api' });
    await lookNow();
    expect((await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed')).problem?.code).toBe('ServiceNotFound');
    await gone(provider, consumer);
  });

  test('has to be one that leads to ports of pods', async () => {
    const { provider, consumer } = await twoTenants();
    const udp = { port: 80, protocol: 'UDP' };
    const specs = {
      ServiceIsExternalName: { type: 'ExternalName', externalName: 'example.org', selector: {} },
      ServiceWithoutSelector: { selector: {} },
      PortNotFound: { ports: [{ port: 81 }] },
      PortIsNotTcp: { ports: [udp] },
      TargetPortUnknown: { ports: [{ port: 80, targetPort: 'http' }] },
    };
    for (const [code, spec] of Object.entries(specs)) {
      const service = code.toLowerCase();
      const { status } = await makeUnlessRefused(provider, spec, service);
      const { id } = await proposeLink(bulkhead.api, { provider, consumer, service });
      const link = await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed');
      expect(link.problem).toMatchObject({ code: status === 'refused' ? 'ServiceNotFound' : code });
      expect(link.resolved).toBeNull();
      await bulkhead.api.send('DELETE', `/v1/links/${id}`);
    }
    expect(await linkPoliciesOf(provider, consumer)).toEqual([]);
  });

  test('may name its ports, which pods give numbers', async () => {
    const { provider, consumer } = await twoTenants();
    await makeService(cluster, provider, { ports: [{ port: 80, targetPort: 'http' }, { port: 443 }].map(named) });
    const { id } = await proposeLink(bulkhead.api, { provider, consumer, ports: [443, 80] });
    expect((await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed')).problem?.code).toBe(
      'TargetPortUnknown',
    );
    await makePod(provider, [
      { name: 'http', containerPort: 8000 },
      { name: 'metrics', containerPort: 9000 },
    ]);
    expect((await active(id)).resolved?.ports).toEqual([
      { port: 80, targetPort: 8000 },
      { port: 443, targetPort: 443 },
    ]);
  });
});

const named = (port: { port: number; targetPort?: string | number }): typeof port & { name: string } => ({
  ...port,
  name: `p${port.port}`,
});

/** Admission keeps some Services out altogether. */
async function makeUnlessRefused(
  tenant: TenantBody,
  spec: object,
  name: string,
): Promise<{ status: 'made' | 'refused' }> {
  try {
    await makeService(cluster, tenant, spec, name);
    return { status: 'made' };
  } catch (error) {
    if (!/denied/.test(String(error))) throw error;
    return { status: 'refused' };
  }
}

async function makePod({ slug }: TenantBody, ports: { name: string; containerPort: number }[]): Promise<void> {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  await cluster.core.createNamespacedPod({
    namespace: `tn-${slug}`,
    body: {
      metadata: { name: 'api', labels: { app: 'api' } },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [{ name: 'api', image: 'registry.example/api:1', ports, securityContext }],
      },
    },
  });
}
