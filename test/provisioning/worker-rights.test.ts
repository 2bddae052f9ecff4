import { readFileSync } from 'node:fs';
import path from 'node:path';

import { KubeConfig, RbacAuthorizationV1Api, CoreV1Api } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

interface Role {
  kind: string;
  metadata: { name: string };
  rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

const file = path.resolve(import.meta.dirname, '../../deploy/worker-rbac.yaml');
const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Role);

function rightsOf(kind: string): string[] {
  return documents
    .filter((document) => document.kind === kind)
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map(
          (name) => `${group === '' ? '' : `${group}/`}${name}${resourceNames ? ' (named)' : ''}: ${verbs.join(' ')}`,
        ),
      ),
    )
    .sort();
}

test('the worker may do this and nothing else', () => {
  // A right that is added here has to be explained in the file, and used.
  expect(rightsOf('ClusterRole')).toEqual([
    'limitranges: get list watch create patch delete',
    'namespaces: get list watch create patch delete',
    'networking.k8s.io/networkpolicies: get list watch create patch delete',
    'rbac.authorization.k8s.io/clusterroles (named): get create patch escalate bind',
    'rbac.authorization.k8s.io/rolebindings: get list watch create patch delete',
    'resourcequotas: get list watch create patch delete',
    'serviceaccounts (named): impersonate',
    'serviceaccounts: get list watch create patch delete',
  ]);
  expect(rightsOf('Role')).toEqual(['discovery.k8s.io/endpointslices: list', 'services (named): get']);
});

test('it may act as the deployer of a namespace, with no right beyond that one, and as nobody else', async () => {
  const read = (name: string, namespace: string): Promise<unknown> => {
    const config = new KubeConfig();
    config.loadFromFile(inject('workerKubeconfig'));
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
    if (cluster === null || user === null) throw new Error('the kubeconfig names no cluster and user');
    const impersonateUser = `system:serviceaccount:default:${name}`;
    config.loadFromClusterAndUser(cluster, { ...user, impersonateUser });
    return config.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace });
  };
  await expect(read('deployer', 'kube-system')).rejects.toMatchObject({
    code: 403,
    body: expect.stringContaining('User \\"system:serviceaccount:default:deployer\\" cannot list') as string,
  });
  await expect(read('default', 'default')).rejects.toMatchObject({
    code: 403,
    body: expect.stringContaining('cannot impersonate') as string,
  });
});

test('it cannot give itself or anybody else more than a tenant may have', async () => {
  const config = new KubeConfig();
  config.loadFromFile(inject('workerKubeconfig'));
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const core = config.makeApiClient(CoreV1Api);
  const metadata = { name: 'bulkhead-escalation' };
  const binding = (roleName: string): object => ({
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }],
  });
  const attempts = {
    'binds cluster-admin in a namespace': () =>
      rbac.createNamespacedRoleBinding({ namespace: 'default', body: binding('cluster-admin') as never }),
    'binds cluster-admin everywhere': () => rbac.createClusterRoleBinding({ body: binding('cluster-admin') as never }),
    'makes a role of its own': () =>
      rbac.createClusterRole({ body: { metadata, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] } }),
    'reads Secrets': () => core.listSecretForAllNamespaces(),
    'runs a pod': () =>
      core.createNamespacedPod({
        namespace: 'default',
        body: { metadata, spec: { containers: [{ name: 'a', image: 'a' }] } },
      }),
    'mints a token': () =>
      core.createNamespacedServiceAccountToken({
        namespace: 'default',
        name: 'default',
        body: { spec: { audiences: [] } },
      }),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    await expect(attempt(), what).rejects.toMatchObject({ code: 403 });
  }
});
