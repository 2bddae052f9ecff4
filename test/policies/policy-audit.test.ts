import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';

interface Live {
  objects: number;
  violations: { tenantId: string; object: string; message: string }[];
  truncated: boolean;
  notLookedAt: string[];
}

// A control plane of its own: policies of two products on one cluster have the same names.
let own: OwnCluster;
let bulkhead: Bulkhead;
let guilty: TenantBody;
let innocent: TenantBody;

beforeAll(async () => {
  own = await startOwnCluster();
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  await bulkhead.startWorker();
  const newTenant = async (): Promise<TenantBody> =>
    (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
  [guilty, innocent] = [await newTenant(), await newTenant()];
  await runPod(guilty, 'registry.example/bad:1');
  await runPod(innocent, 'registry.example/good:1');
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

const namespaceOf = ({ namespaces }: TenantBody): string => namespaces[0]?.name ?? '';

async function runPod(tenant: TenantBody, image: string): Promise<void> {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const spec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    automountServiceAccountToken: false,
    containers: [{ name: 'web', image, securityContext }],
  };
  const body = { metadata: { name: 'web' }, spec };
  await own.cluster.core.createNamespacedPod({ namespace: namespaceOf(tenant), body });
}

async function newPolicy(body: object): Promise<string> {
  const id = newSlug('policy');
  const { status, body: answer } = await bulkhead.api.send('POST', '/v1/policies', { id, mode: 'audit', ...body });
  expect(status, JSON.stringify(answer)).toBe(202);
  return id;
}
const blockImages = (image: string): object => ({
  rule: { library: { name: 'block-images' } },
  parameters: { images: [image] },
});
async function tryLive(id: string, live: object): Promise<Live> {
  const { status, body } = await bulkhead.api.send('POST', `/v1/policies/${id}/test`, { live });
  expect(status, JSON.stringify(body)).toBe(200);
  return body['live'] as Live;
}
const violationsOf = async (tenant: TenantBody): Promise<{ policy: string; object: string }[]> =>
  (await bulkhead.api.get<{ items: { policy: string; object: string }[] }>(`/v1/tenants/${tenant.id}/violations`))
    .items;

test('what stands and a policy does not allow is a violation of its tenant, until the policy changes', async () => {
  const target = { tenants: [guilty.id, innocent.id] };
  const id = await newPolicy({ target, ...blockImages('registry.example/bad:1') });
  const object = `v1/Pod/${namespaceOf(guilty)}/web`;
  await eventually('the audit found it', async () => (await violationsOf(guilty)).length > 0);
  expect(await violationsOf(guilty)).toMatchObject([{ policy: id, object }]);
  expect(await violationsOf(innocent)).toEqual([]);

  const changed = { target, mode: 'warn', ...blockImages('registry.example/good:1') };
  expect((await bulkhead.api.send('PUT', `/v1/policies/${id}`, changed)).status).toBe(202);
  await eventually('the next version was audited', async () => (await violationsOf(innocent)).length > 0);
  expect(await violationsOf(guilty)).toEqual([]);
});

test('a policy is tried against what stands before it holds for anybody', async () => {
  const id = await newPolicy({ target: { plans: ['free'] }, ...blockImages('registry.example/bad:1') });
  const live = await tryLive(id, { tenants: [guilty.id, innocent.id] });
  expect(live).toMatchObject({ objects: 2, truncated: false, notLookedAt: [] });
  expect(live.violations).toMatchObject([{ tenantId: guilty.id, object: `v1/Pod/${namespaceOf(guilty)}/web` }]);
  expect(await tryLive(id, {})).toMatchObject({ objects: 0, violations: [] });
});

test('a rule sees the namespace, and what Bulkhead made or nobody may read is left out', async () => {
  const cel = {
    match: [{ apiGroups: [''], resources: ['serviceaccounts', 'configmaps', 'pods'] }],
    validations: [{ expression: "namespaceObject.metadata.name == 'nowhere'", message: 'Never.' }],
  };
  const id = await newPolicy({ target: { tenants: [guilty.id] }, rule: { cel } });
  const live = await tryLive(id, {});
  expect(live).toMatchObject({ objects: 1, notLookedAt: ['configmaps'] });
  expect(live.violations).toMatchObject([{ tenantId: guilty.id, message: 'Never.' }]);
});

test('objects and what stands are not tried together', async () => {
  const id = await newPolicy({ target: { all: true }, ...blockImages('registry.example/other:1') });
  const path = `/v1/policies/${id}/test`;
  expect(await bulkhead.api.send('POST', path, {})).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
});
