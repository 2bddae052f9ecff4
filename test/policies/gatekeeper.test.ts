import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CustomObjectsApi, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../../dev/control-plane.mjs';
import { gatekeeperBinary } from '../../dev/go-binaries.mjs';
import { grantWorkerAccess } from '../../dev/worker-access.mjs';
import { outcome } from '../isolation/escapes/adversary.js';
import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type Gatekeeper, startGatekeeper } from '../support/gatekeeper.js';
import { type Program } from '../support/program.js';

// In Rego v0, as published templates are, with a library and parameters that are objects.
const source = `package bulkhead

import data.lib.labels

violation[{"msg": msg}] {
  key := input.parameters.labels[_].key
  not labels.has(input.review.object, key)
  msg := sprintf("The label %v is missing.", [key])
}
`;
const libs = ['package lib.labels\n\nhas(object, key) {\n  object.metadata.labels[key]\n}\n'];
const rule = { rego: { match: [{ apiGroups: [''], kinds: ['Pod'] }], source, libs } };
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-gatekeeper-'));
let plane: ControlPlane;
let gatekeeper: Gatekeeper;
let bulkhead: Bulkhead;
let worker: Program;
let objects: KubernetesObjectApi;
const tenants: TenantBody[] = [];

beforeAll(async () => {
  const binary = await gatekeeperBinary();
  plane = await startControlPlane({
    dir,
    binary: inject('controlPlaneBinary'),
    unsafeNoFsync: true,
    liftedLimits: true,
  });
  gatekeeper = await startGatekeeper({ binary, plane, dir: path.join(dir, 'gatekeeper') });
  const kubeconfig = path.join(dir, 'worker.kubeconfig');
  await grantWorkerAccess(plane, kubeconfig);
  bulkhead = await Bulkhead.start({ kubeconfig });
  worker = await bulkhead.startWorker();
  const config = new KubeConfig();
  config.loadFromFile(plane.adminKubeconfig);
  objects = KubernetesObjectApi.makeApiClient(config);
  for (const region of ['eu', 'us']) {
    const body = { slug: newSlug(), plan: 'team', labels: { region } };
    tenants.push((await bulkhead.api.change('POST', '/v1/tenants', body)).tenant);
  }
}, 900_000);
afterAll(async () => {
  await bulkhead.stop();
  await gatekeeper.stop();
  await plane.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface NamedPod {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: object;
}

function podOf(tenant: number, labels: Record<string, string> = {}): NamedPod {
  const securityContext = { allowPrivilegeEscalation: false };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: newSlug('pod'), namespace: `tn-${tenants[tenant]?.slug ?? ''}`, labels },
    spec: {
      securityContext: { runAsNonRoot: true },
      containers: [{ name: 'a', image: 'registry.example/a:1', securityContext }],
    },
  };
}

const pod = (tenant: number, labels: Record<string, string> = {}): Promise<string> =>
  outcome(objects.create(podOf(tenant, labels), undefined, 'All'));

test('a worker watches a cluster in which there is nothing yet', () => {
  expect(worker.output()).not.toContain('a watch was lost');
});

test('a policy in Rego is enforced by the real Gatekeeper, for its tenants', async () => {
  expect(await bulkhead.api.get('/v1/clusters')).toMatchObject({
    items: [{ capabilities: { gatekeeper: { present: true } } }],
  });
  const id = newSlug('policy');
  const body = {
    target: { labels: { region: 'eu' } },
    mode: 'enforce',
    rule,
    parameters: { labels: [{ key: 'team' }] },
  };
  const created = await bulkhead.api.send('POST', '/v1/policies', { id, ...body });
  expect(created.status, JSON.stringify(created.body)).toBe(202);
  expect(await bulkhead.api.get(`/v1/policies/${id}?wait=60`)).toMatchObject({ state: 'in-force', message: null });
  expect(await pod(0)).toContain('The label team is missing.');
  expect(await pod(0, { team: 'web' })).toBe('admitted');
  expect(await pod(1)).toBe('admitted');

  const parameters = { labels: [{ key: 'owner' }] };
  await bulkhead.api.send('PUT', `/v1/policies/${id}`, { ...body, parameters });
  expect(await bulkhead.api.get(`/v1/policies/${id}?wait=60`)).toMatchObject({ state: 'in-force', version: 2 });
  await eventually('the new parameters hold', async () => (await pod(0, { team: 'web' })).includes('owner is missing'));

  // What stands from before is found by the audit, in the tenant whose it is.
  await bulkhead.api.send('PUT', `/v1/policies/${id}`, { ...body, target: { all: true }, mode: 'audit' });
  expect(await bulkhead.api.get(`/v1/policies/${id}?wait=60`)).toMatchObject({ state: 'in-force', version: 3 });
  await eventually('the audit takes over', async () => (await pod(0)) === 'admitted');
  const standing = podOf(1);
  await objects.create(standing);
  await eventually(
    'the audit finds it',
    async () => {
      await bulkhead.database.query('UPDATE policies SET next_check_at = now() WHERE id = $1', [id]);
      const { items } = await bulkhead.api.get<{ items: object[] }>(`/v1/tenants/${tenants[1]?.id ?? ''}/violations`);
      return items.length > 0;
    },
    60_000,
  );
  expect(await bulkhead.api.get(`/v1/tenants/${tenants[1]?.id ?? ''}/violations`)).toMatchObject({
    items: [
      {
        policy: id,
        object: `v1/Pod/${standing.metadata.namespace}/${standing.metadata.name}`,
        message: 'The label team is missing.',
      },
    ],
  });
  expect(await bulkhead.api.get(`/v1/tenants/${tenants[0]?.id ?? ''}/violations`)).toEqual({ items: [] });

  // What Gatekeeper's status says of a rule that it does not take is a condition of the policy, in its own words.
  await bulkhead.api.send('PUT', `/v1/policies/${id}`, { ...body, mode: 'warn' });
  expect(await bulkhead.api.get(`/v1/policies/${id}?wait=60`)).toMatchObject({
    conditions: [{ type: 'Enforced', status: 'True', reason: 'InForce', observedVersion: 4 }],
  });
  await bulkhead.database.query(
    `UPDATE policy_versions SET spec = jsonb_set(spec, '{rule,rego,source}', '"package bulkhead\\n\\nviolation contains"')
     WHERE policy_id = $1 AND version = 4`,
    [id],
  );
  await bulkhead.database.query('UPDATE policies SET next_check_at = now() WHERE id = $1', [id]);
  await eventually('the policy says so', async () => {
    const { conditions } = await bulkhead.api.get<{ conditions: { status: string }[] }>(`/v1/policies/${id}`);
    return conditions[0]?.status === 'False';
  });
  expect(await bulkhead.api.get(`/v1/policies/${id}`)).toMatchObject({
    state: 'failed',
    conditions: [{ reason: 'EngineRefused', message: expect.stringMatching(/parse|rego/i) as string }],
  });

  await bulkhead.api.send('DELETE', `/v1/policies/${id}`);
  await eventually('it is gone', async () => (await bulkhead.api.send('GET', `/v1/policies/${id}`)).status === 404);
  await eventually('it does not hold', async () => (await pod(0)) === 'admitted');
  const config = new KubeConfig();
  config.loadFromFile(plane.adminKubeconfig);
  const templates = (await config
    .makeApiClient(CustomObjectsApi)
    .listClusterCustomObject({ group: 'templates.gatekeeper.sh', version: 'v1', plural: 'constrainttemplates' })) as {
    items: unknown[];
  };
  expect(templates.items).toEqual([]);
}, 240_000);
