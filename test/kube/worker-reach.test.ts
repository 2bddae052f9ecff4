import {
  CoreV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';

import { Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { documents, rightsOf } from '../support/worker-rights.js';

interface Rule {
  apiGroups: string[];
  resources: string[];
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec?: { matchConstraints: { resourceRules: Rule[] } };
}

test('outside of namespaces of tenants it changes nothing but the parameters of policies', async () => {
  const [admin, worker] = ['adminKubeconfig', 'workerKubeconfig'].map((name) => {
    const config = new KubeConfig();
    config.loadFromFile(inject(name as 'adminKubeconfig'));
    return config;
  }) as [KubeConfig, KubeConfig];
  const [core, rbac] = [worker.makeApiClient(CoreV1Api), worker.makeApiClient(RbacAuthorizationV1Api)];
  const networking = worker.makeApiClient(NetworkingV1Api);
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const labels = { 'bulkhead.io/tenant-id': 'tenant_01' };
  const metadata = { name: 'bulkhead-reach' };
  const dryRun = 'All';
  const written = (namespace: string): Record<string, () => Promise<unknown>> => ({
    'a NetworkPolicy': () =>
      networking.createNamespacedNetworkPolicy({ namespace, body: { metadata, spec: { podSelector: {} } }, dryRun }),
    'an account': () => core.createNamespacedServiceAccount({ namespace, body: { metadata }, dryRun }),
    'a quota': () => core.createNamespacedResourceQuota({ namespace, body: { metadata, spec: {} }, dryRun }),
    limits: () => core.createNamespacedLimitRange({ namespace, body: { metadata, spec: { limits: [] } }, dryRun }),
    'the labels of a namespace': () =>
      core.patchNamespace({ name: namespace, body: { metadata: { labels: { note: 'a' } } }, dryRun }, merge),
  });
  const refusal = { code: 422, body: expect.stringContaining('bulkhead-worker-') as string };
  // A worker makes the roles of members.
  const bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  await eventually('there are roles', () => rbac.readClusterRole({ name: 'bulkhead-tenant-viewer' }).catch(() => null));
  await bulkhead.stop();
  const own = 'tn-bulkhead-reach';
  const administrator = admin.makeApiClient(CoreV1Api);
  await administrator.createNamespace({ body: { metadata: { name: own } } });
  await administrator.createNamespacedService({
    namespace: 'default',
    body: { metadata, spec: { ports: [{ port: 80 }] } },
  });
  for (const [what, write] of Object.entries(written(own))) await expect(write(), what).resolves.toBeDefined();
  for (const namespace of ['default', 'kube-system', 'bulkhead-system']) {
    for (const [what, write] of Object.entries(written(namespace))) {
      await expect(write(), `${what} in ${namespace}`).rejects.toMatchObject(refusal);
    }
  }
  const others: Record<string, () => Promise<unknown>> = {
    'gives a namespace to a tenant': () =>
      core.patchNamespace({ name: 'default', body: { metadata: { labels } }, dryRun }, merge),
    'deletes a namespace': () => core.deleteNamespace({ name: 'bulkhead-system', dryRun }),
    'makes a namespace': () => core.createNamespace({ body: { metadata: { ...metadata, labels } }, dryRun }),
    'empties Services': () => core.deleteCollectionNamespacedService({ namespace: 'default', dryRun }),
    'widens a role': () =>
      rbac.patchClusterRole(
        {
          name: 'bulkhead-tenant-admin',
          body: { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
          dryRun,
        },
        merge,
      ),
    'gives a role other tenants’ namespaces': () =>
      rbac.patchClusterRole(
        {
          name: 'bulkhead-tenant-viewer',
          body: { rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['patch'] }] },
          dryRun,
        },
        merge,
      ),
  };
  for (const [what, attempt] of Object.entries(others)) await expect(attempt(), what).rejects.toMatchObject(refusal);
  await core.createNamespacedServiceAccount({
    namespace: 'bulkhead-system',
    body: { metadata: { name: 'bulkhead-policy-99' } },
    dryRun,
  });
  await administrator.deleteNamespacedService({ namespace: 'default', ...metadata });
  await administrator.deleteNamespace({ name: own });
});

test('the policies about its reach are about every kind that it writes in namespaces', () => {
  const named = (name: string): { spec?: { matchConstraints: { resourceRules: Rule[] } } } | undefined =>
    (documents as unknown as Manifest[]).find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === name,
    );
  const covered = new Set(
    ['bulkhead-worker-reach', 'bulkhead-worker-namespaces', 'bulkhead-worker-roles']
      .flatMap((name) => named(name)?.spec?.matchConstraints.resourceRules ?? [])
      .flatMap(({ apiGroups, resources }) =>
        resources.map((resource) => `${apiGroups[0] === '' ? '' : `${String(apiGroups[0])}/`}${resource}`),
      ),
  );
  const written = rightsOf('ClusterRole', 'bulkhead-worker')
    .filter((right) => / (create|patch|delete|deletecollection)( |$)/.test(right))
    .map((right) => right.replace(/( \(named\))?: .*/, ''))
    // Restricted to names by the rights themselves; a review stores nothing.
    .filter(
      (kind) => !/^(admissionregistration|constraints|templates|policy\.networking|authorization\.k8s)/.test(kind),
    );
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter((kind) => !covered.has(kind))).toEqual([]);
});
