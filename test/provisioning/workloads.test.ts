import { AppsV1Api, BatchV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { type AuditedWrite, Cluster, workerWrites } from '../support/cluster.js';

interface Workload {
  name: string;
  manifest: Record<string, unknown>;
}

const container = {
  name: 'app',
  image: 'registry.example/app:1',
  args: ['--tenant', '${tenant.id}'],
  env: [
    { name: 'PLAN', value: '${plan.id}' },
    { name: 'EMPTY', value: '' },
  ],
  ports: [{ containerPort: 8080 }],
  resources: { requests: { cpu: '0.1', memory: 64 * 1024 * 1024 }, limits: { cpu: '1000m', memory: '0.5Gi' } },
};
const workloads: Workload[] = [
  {
    name: 'settings',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: '${tenant.slug}-settings',
        labels: { app: 'web' },
        annotations: { note: '${tenant.displayName}' },
      },
      data: { environment: '${environment.name} in ${environment.namespace}' },
    },
  },
  {
    name: 'data',
    manifest: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
    },
  },
  {
    name: 'service',
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
  },
  {
    name: 'web',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [container], volumes: [{ name: 'scratch', emptyDir: {} }], hostNetwork: false },
        },
      },
    },
  },
];

function job(image: string): Workload {
  const spec = { restartPolicy: 'Never', containers: [{ name: 'seed', image }] };
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'seed' }, spec: { template: { spec } } };
  return { name: 'seed', manifest };
}

/** Who wrote, and what: "verb /path". */
function writesTo(writes: readonly AuditedWrite[], plural: string): string[] {
  return writes
    .filter(({ requestURI }) => requestURI.includes(`/${plural}/`))
    .map(
      ({ impersonatedUser, requestURI }) =>
        `${impersonatedUser?.username ?? 'itself'} ${requestURI.split('?')[0] ?? ''}`,
    )
    .sort();
}

describe('the dedicated services of a plan', () => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();
  const config = new KubeConfig();
  config.loadFromFile(inject('adminKubeconfig'));
  const apps = config.makeApiClient(AppsV1Api);
  const batch = config.makeApiClient(BatchV1Api);

  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
    await bulkhead.startWorker();
  });
  afterAll(() => bulkhead.stop());

  async function newPlan(list: readonly Workload[]): Promise<string> {
    const id = newSlug('plan');
    const quota = { cpu: '10', memory: '10Gi', storage: '20Gi', volumeClaims: 5 };
    const spec = { quota, environments: { max: 3 }, workloads: list };
    const { status, body } = await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
    expect(status, JSON.stringify(body)).toBe(201);
    return id;
  }

  async function newVersion(id: string, list: readonly Workload[]): Promise<void> {
    const { spec } = await bulkhead.api.get<{ spec: object }>(`/v1/plans/${id}`);
    const answer = await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, { spec: { ...spec, workloads: list } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  }

  const create = (body: object): Promise<{ tenant: TenantBody; operation: OperationBody }> =>
    bulkhead.api.change('POST', '/v1/tenants', body);
  const again = (tenant: TenantBody, body: object): Promise<{ operation: OperationBody }> =>
    bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, body);

  test('stand in every environment with their variables filled in, brought in by the deployer', async () => {
    const [slug, plan] = [newSlug(), await newPlan(workloads)];
    const { tenant, operation } = await create({
      slug,
      plan,
      displayName: 'Acme & ${plan.id}',
      environments: ['main', 'dev'],
    });
    expect(operation).toMatchObject({ state: 'succeeded', error: null });

    for (const [environment, namespace] of [
      ['main', `tn-${slug}`],
      ['dev', `tn-${slug}-dev`],
    ] as const) {
      const settings = await cluster.core.readNamespacedConfigMap({ namespace, name: `${slug}-settings` });
      expect(settings.data).toEqual({ environment: `${environment} in ${namespace}` });
      expect(settings.metadata).toMatchObject({
        labels: { app: 'web', 'bulkhead.io/tenant-id': tenant.id, 'bulkhead.io/environment': environment },
        annotations: { note: 'Acme & ${plan.id}' },
      });
      const { spec } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
      expect(spec?.template.spec?.containers[0]).toMatchObject({
        args: ['--tenant', tenant.id],
        env: [{ value: plan }, {}],
      });
      expect(spec?.template.metadata?.labels).toEqual({ app: 'web' });

      const writes = workerWrites(`/namespaces/${namespace}/`);
      for (const plural of ['configmaps', 'persistentvolumeclaims', 'services', 'deployments']) {
        const who = writesTo(writes, plural).map((line) => line.split(' ')[0]);
        expect(new Set(who), plural).toEqual(new Set([`system:serviceaccount:${namespace}:deployer`]));
      }
      const groups = writes.find(({ impersonatedUser }) => impersonatedUser !== undefined)?.impersonatedUser?.groups;
      expect(groups?.toSorted()).toEqual([
        'system:authenticated',
        'system:serviceaccounts',
        `system:serviceaccounts:${namespace}`,
      ]);
      expect(writesTo(writes, 'networkpolicies').every((line) => line.startsWith('itself'))).toBe(true);
    }

    const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
    expect(conditions.find(({ type }) => type === 'WorkloadsApplied')).toMatchObject({ status: 'True' });
    const before = workerWrites(`tn-${slug}`).length;
    const { operation: second } = await again(tenant, { labels: { region: 'eu' } });
    expect(second).toMatchObject({ state: 'succeeded', steps: [] });
    expect(workerWrites(`tn-${slug}`)).toHaveLength(before);
  });
});
