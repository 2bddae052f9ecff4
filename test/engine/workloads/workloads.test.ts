import { AppsV1Api, BatchV1Api, KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { type AuditedWrite, Cluster, workerWrites } from '../../support/cluster.js';
import {
  appContainer,
  everyKind,
  job,
  newPlan,
  newVersion,
  type Workload,
  workloads,
} from '../../support/workload-plans.js';

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

describe('the dedicated workloads of a plan', () => {
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

  const create = (body: object): Promise<{ tenant: TenantBody; operation: OperationBody }> =>
    bulkhead.api.change('POST', '/v1/tenants', body);
  const again = (tenant: TenantBody, body: object): Promise<{ operation: OperationBody }> =>
    bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, body);

  test('are applied in every environment by the deployer, with their variables filled in', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, workloads)];
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
    const { operation: second } = await again(tenant, { externalId: `eu-${tenant.id}` });
    expect(second).toMatchObject({ state: 'succeeded', steps: [] });
    expect(workerWrites(`tn-${slug}`)).toHaveLength(before);
  });

  test('follow the plan: changes are applied, dropped workloads are removed, and volume claims are kept', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, workloads)];
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug, plan });
    // A copy of a workload, labels and all, is the tenant's own.
    const { metadata, data } = await cluster.core.readNamespacedConfigMap({ namespace, name: `${slug}-settings` });
    const copy = { metadata: { name: 'copy', labels: metadata?.labels ?? {} }, data: data ?? {} };
    await cluster.core.createNamespacedConfigMap({ namespace, body: copy });

    const [settings] = workloads;
    await newVersion(bulkhead, plan, [
      { ...settings, manifest: { ...settings?.manifest, data: { other: 'yes' } } } as Workload,
    ]);
    const { operation } = await again(tenant, { plan });
    expect(operation).toMatchObject({ state: 'succeeded' });
    expect(operation.steps.map(({ name, object }) => `${name} ${object}`).sort()).toEqual([
      `apply v1/ConfigMap/${namespace}/${slug}-settings`,
      `keep v1/PersistentVolumeClaim/${namespace}/data`,
      `prune apps/v1/Deployment/${namespace}/web`,
      `prune v1/Service/${namespace}/web`,
    ]);
    expect((await cluster.core.readNamespacedConfigMap({ namespace, name: `${slug}-settings` })).data).toEqual({
      other: 'yes',
    });
    await expect(apps.readNamespacedDeployment({ namespace, name: 'web' })).rejects.toMatchObject({ code: 404 });
    const claim = await cluster.core.readNamespacedPersistentVolumeClaim({ namespace, name: 'data' });
    expect(claim.metadata?.deletionTimestamp).toBeUndefined();
    expect((await cluster.core.readNamespacedConfigMap({ namespace, name: 'copy' })).data).toEqual(data);
    const removals = workerWrites(`/namespaces/${namespace}/`).filter(({ verb }) => verb === 'delete');
    expect(writesTo(removals, 'deployments')).toEqual([
      `system:serviceaccount:${namespace}:deployer /apis/apps/v1/namespaces/${namespace}/deployments/web`,
    ]);

    const { operation: next } = await again(tenant, { externalId: `eu-${tenant.id}` });
    expect(next).toMatchObject({ state: 'succeeded', steps: [] });
  });

  test('are healed when others change them, and keep additions of others', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, workloads)];
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug, plan });
    const web = { namespace, name: 'web' };
    const deployment = await apps.readNamespacedDeployment(web);
    const [app] = deployment.spec?.template.spec?.containers ?? [];
    if (deployment.spec === undefined || app === undefined) throw new Error('there is no container');
    app.image = 'registry.example/evil:1';
    app.env?.push({ name: 'THEIRS', value: 'yes' });
    deployment.spec.replicas = 3;
    // The Deployment's controller writes its status in the meantime.
    delete deployment.metadata?.resourceVersion;
    await apps.replaceNamespacedDeployment({ ...web, body: deployment });
    const service = await cluster.core.readNamespacedService(web);
    delete service.metadata?.labels;
    await cluster.core.replaceNamespacedService({ ...web, body: service });

    const { operation } = await again(tenant, { externalId: `again-${tenant.id}` });
    expect(operation.steps.map(({ name, object }) => `${name} ${object}`).sort()).toEqual([
      `apply apps/v1/Deployment/${namespace}/web`,
      `apply v1/Service/${namespace}/web`,
    ]);
    const { spec } = await apps.readNamespacedDeployment(web);
    expect(spec).toMatchObject({ replicas: 3, template: { spec: { containers: [{ image: appContainer.image }] } } });
    expect(spec?.template.spec?.containers[0]?.env?.map(({ name }) => name)).toEqual(['PLAN', 'EMPTY', 'THEIRS']);
    expect((await cluster.core.readNamespacedService(web)).metadata?.labels).toMatchObject({
      'bulkhead.io/tenant-id': tenant.id,
    });
    const { operation: next } = await again(tenant, { externalId: `closer-${tenant.id}` });
    expect(next).toMatchObject({ state: 'succeeded', steps: [] });
  });

  test('are healed when others change them under Bulkhead’s field manager', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, workloads)];
    const namespace = `tn-${slug}`;
    const { tenant } = await create({ slug, plan });
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${slug}-settings`, namespace },
      data: { environment: 'theirs' },
    };
    const objects = KubernetesObjectApi.makeApiClient(config);
    await objects.patch(settings, undefined, undefined, 'bulkhead', true, PatchStrategy.ServerSideApply);
    await again(tenant, { externalId: `again-${tenant.id}` });
    const { data } = await cluster.core.readNamespacedConfigMap({ namespace, name: `${slug}-settings` });
    expect(data).toEqual({ environment: `main in ${namespace}` });
  });

  test('can do nothing that the tenant could not, and the operation has the API server’s message', async () => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const ingress: Workload = {
      name: 'door',
      manifest: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'door' },
        spec: { rules: [{ host: 'bank.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
      },
    };
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, [...workloads, ingress])];
    const namespace = `tn-${slug}`;
    const { tenant, operation } = await create({ slug, plan });
    expect(operation).toMatchObject({
      state: 'failed',
      error: { reason: 'WriteRefused', object: `networking.k8s.io/v1/Ingress/${namespace}/door` },
    });
    expect(operation.error?.message).toBe(
      `ingresses.networking.k8s.io "door" is forbidden: ValidatingAdmissionPolicy 'bulkhead-tenant-objects' with binding ` +
        `'bulkhead-tenant-objects' denied request: Every rule of an Ingress must name a host of this tenant, without a wildcard.`,
    );
    const { conditions, phase } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
    expect(phase).toBe('failed');
    expect(conditions.filter(({ status }) => status === 'False').map(({ type }) => type)).toEqual([
      'Ready',
      'WorkloadsApplied',
    ]);
    // Everything that the tenant is allowed to have exists nevertheless.
    expect((await apps.readNamespacedDeployment({ namespace, name: 'web' })).metadata?.name).toBe('web');

    await newVersion(bulkhead, plan, workloads);
    const { operation: mended } = await again(tenant, { plan });
    expect(mended).toMatchObject({ state: 'succeeded', error: null });
  });

  test('are refused, once, if their variables give two of them the same name', async () => {
    const [settings] = workloads;
    const twice = ['${environment.name}', 'main'].map((name, index) => ({
      name: `settings-${index}`,
      manifest: { ...settings?.manifest, metadata: { name } },
    }));
    const { operation } = await create({ slug: newSlug(), plan: await newPlan(bulkhead, twice) });
    expect(operation).toMatchObject({ state: 'failed', error: { reason: 'WorkloadRepeated' } });
  });

  test('of every kind need no write after the first pass', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, everyKind)];
    const { tenant, operation } = await create({ slug, plan });
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const { operation: second } = await again(tenant, { externalId: `eu-${tenant.id}` });
    expect(second).toMatchObject({ state: 'succeeded', steps: [] });
  });

  test('run a Job once for each form of it', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, [job('registry.example/seed:1')])];
    const seed = { namespace: `tn-${slug}`, name: 'seed' };
    const { tenant } = await create({ slug, plan });
    const first = await batch.readNamespacedJob(seed);

    await newVersion(bulkhead, plan, [job('registry.example/seed:2')]);
    const { operation } = await again(tenant, { plan });
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const second = await batch.readNamespacedJob(seed);
    expect(second.metadata?.uid).not.toBe(first.metadata?.uid);
    expect(second.spec?.template.spec?.containers[0]?.image).toBe('registry.example/seed:2');

    // As the cluster does some time after a Job has ended.
    await batch.deleteNamespacedJob({ ...seed, propagationPolicy: 'Background' });
    const { operation: next } = await again(tenant, { externalId: `eu-${tenant.id}` });
    expect(next).toMatchObject({ state: 'succeeded', steps: [] });
    await expect(batch.readNamespacedJob(seed)).rejects.toMatchObject({ code: 404 });
  });

  test('are removed with the tenant', async () => {
    const [slug, plan] = [newSlug(), await newPlan(bulkhead, workloads)];
    const { tenant } = await create({ slug, plan });
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
    expect(operation).toMatchObject({ state: 'succeeded' });
    expect(await cluster.namespacesOf(tenant.id)).toEqual([]);
  });
});
