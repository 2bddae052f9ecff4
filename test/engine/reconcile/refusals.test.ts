import { AdmissionregistrationV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { newPlan, type Workload } from '../../support/workload-plans.js';

// A control plane of its own: what refuses writes here would refuse those of other tests.
let own: OwnCluster;
let bulkhead: Bulkhead;
const config = new KubeConfig();

beforeAll(async () => {
  own = await startOwnCluster();
  config.loadFromFile(own.plane.adminKubeconfig);
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

/** Starts the creation of a tenant; returns how to read its operation. */
async function begin(body: object): Promise<{ id: string; operation: (query?: string) => Promise<OperationBody> }> {
  const { status, headers, body: tenant } = await bulkhead.api.send('POST', '/v1/tenants', { plan: 'team', ...body });
  expect(status).toBe(202);
  const location = headers.get('location') ?? '';
  return {
    id: tenant['id'] as string,
    operation: (query = '') => bulkhead.api.get<OperationBody>(location + query),
  };
}

/** The operation once some object was tried so often. */
function triedOften(operation: () => Promise<OperationBody>, reason: string, times: number): Promise<OperationBody> {
  return eventually(`an object was tried ${times} times`, async () => {
    const now = await operation();
    const often = now.steps.some(({ attempts, cause }) => attempts >= times && cause?.code === reason);
    return often && now;
  });
}

async function reachable(id: string): Promise<string | undefined> {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);
  return conditions.find(({ type }) => type === 'ClusterReachable')?.status;
}

test('a policy without its parameters holds a new tenant up only until they are back', async () => {
  const answer = await bulkhead.api.send('POST', '/v1/policies', {
    id: newSlug('policy'),
    target: { all: true },
    mode: 'enforce',
    parameters: { names: ['forbidden'] },
    rule: {
      cel: {
        match: [{ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] }],
        validations: [
          { expression: 'object.metadata.name != variables.parameters.names[0]', message: 'Not this name.' },
        ],
      },
    },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  const policy = await bulkhead.api.get(`${answer.headers.get('location') ?? ''}?wait=60`);
  expect(policy).toMatchObject({ state: 'in-force' });
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });

  const [name, namespace] = ['bulkhead-policy-01', 'bulkhead-system'];
  const { metadata } = await own.cluster.core.readNamespacedServiceAccount({ name, namespace });
  await own.cluster.core.deleteNamespacedServiceAccount({ name, namespace });
  await eventually('writes are refused', async () => {
    const policies = config.makeApiClient(NetworkingV1Api);
    const body = { metadata: { name: 'try' }, spec: { podSelector: {} } };
    return policies.createNamespacedNetworkPolicy({ namespace: `tn-${tenant.slug}`, body, dryRun: 'All' }).then(
      () => false,
      (error: unknown) => (error as Error).message.includes('no params found'),
    );
  });

  const { id, operation } = await begin({ slug: newSlug() });
  const held = await triedOften(operation, 'AdmissionNotReady', 4);
  expect(held).toMatchObject({ state: 'running', error: { reason: 'AdmissionNotReady' } });
  expect(held.error?.remedy).toContain('parameters');
  const { labels = {}, annotations = {} } = metadata ?? {};
  await own.cluster.core.createNamespacedServiceAccount({
    namespace,
    body: { metadata: { name, labels, annotations } },
  });
  expect(await operation('?wait=60')).toMatchObject({ state: 'succeeded', error: null });
  expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ phase: 'active' });
}, 120_000);

test('a webhook of others that is down is named, and the cluster counts as reachable', async () => {
  const slug = newSlug();
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  const name = 'guard.acme.example';
  const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['limitranges'], operations: ['CREATE'] };
  await admission.createValidatingWebhookConfiguration({
    body: {
      metadata: { name: 'guard' },
      webhooks: [
        {
          name,
          rules: [rule],
          clientConfig: { service: { namespace: 'acme', name: 'guard', path: '/validate' } },
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default', `tn-${slug}`] },
            ],
          },
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
        },
      ],
    },
  });
  await eventually('the webhook is called', async () => {
    const body = { metadata: { name: 'try' }, spec: { limits: [] } };
    return own.cluster.core.createNamespacedLimitRange({ namespace: 'default', body, dryRun: 'All' }).then(
      () => false,
      (error: unknown) => (error as Error).message.includes(name),
    );
  });
  const { id, operation } = await begin({ slug });
  const held = await triedOften(operation, 'WebhookUnavailable', 4);
  expect(held).toMatchObject({ state: 'running', error: { reason: 'WebhookUnavailable' } });
  expect(held.error?.message).toContain(`"${name}" (Service acme/guard)`);
  expect(held.error?.remedy).toContain('validatingwebhookconfigurations');
  expect(await reachable(id)).toBe('True');
  await admission.deleteValidatingWebhookConfiguration({ name: 'guard' });
  expect(await operation('?wait=60')).toMatchObject({ state: 'succeeded', error: null });
}, 120_000);

const container = { name: 'app', image: 'registry.example/app:1' };
const deployment = (env: object[], spec = {}): Workload['manifest'] => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app' },
  spec: {
    ...spec,
    selector: { matchLabels: { app: 'app' } },
    template: { metadata: { labels: { app: 'app' } }, spec: { containers: [{ ...container, env }] } },
  },
});
const settings = (more: object): Workload['manifest'] => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  ...more,
});

test.for<[string, Workload['manifest'], string]>([
  ['a member that the kind does not have', settings({ dat: { a: 'b' } }), 'field not declared in schema'],
  ['one deeper down', deployment([], { replica: 2 }), 'field not declared in schema'],
  ['a number for a text', deployment([{ name: 'PORT', value: 8080 }]), 'expected string'],
  ['a number for a text, in data', settings({ data: { port: 8080 } }), 'expected string'],
  ['an entry that is listed twice', deployment([1, 2].map((each) => ({ name: 'A', value: `${each}` }))), 'duplicate'],
])(
  '%s is a mistake of the plan, which fails at once and says nothing about the cluster',
  async ([, manifest, word]) => {
    const workload: Workload = { name: 'workload', manifest };
    const { id, operation } = await begin({ slug: newSlug(), plan: await newPlan(bulkhead, [workload]) });
    const failed = await operation('?wait=60');
    expect(failed).toMatchObject({ state: 'failed', error: { reason: 'WriteRefused', cause: { httpStatus: 500 } } });
    expect(failed.error?.message).toContain(word);
    expect(failed.error?.remedy).toContain('plan version');
    expect(failed.steps.find(({ state }) => state === 'failed')?.attempts).toBe(1);
    expect(await reachable(id)).toBe('True');
  },
);
