import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { readableResources, suspendableResources, tenantResources } from '#kube';
import { expect, inject, test } from 'vitest';

import { documents, rightsOf } from '../support/worker-rights.js';

test('the worker may do this and nothing else', () => {
  // A right that is added here has to be explained in the file, and used.
  expect(documents.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name)).toEqual([
    'bulkhead-worker',
    'bulkhead-sweeper',
    'bulkhead-prover',
  ]);
  expect(rightsOf('ClusterRole', 'bulkhead-sweeper')).toEqual(['*/*: list']);
  expect(rightsOf('ClusterRole', 'bulkhead-worker')).toEqual([
    'admissionregistration.k8s.io/mutatingadmissionpolicies (named): get create patch',
    'admissionregistration.k8s.io/mutatingadmissionpolicybindings (named): get create patch',
    'admissionregistration.k8s.io/mutatingwebhookconfigurations (named): get',
    'admissionregistration.k8s.io/validatingadmissionpolicies (named): get create patch',
    'admissionregistration.k8s.io/validatingadmissionpolicies (named): get create patch delete',
    'admissionregistration.k8s.io/validatingadmissionpolicies (named): get create patch delete',
    'admissionregistration.k8s.io/validatingadmissionpolicybindings (named): get create patch',
    'admissionregistration.k8s.io/validatingadmissionpolicybindings (named): get create patch delete',
    'admissionregistration.k8s.io/validatingadmissionpolicybindings (named): get create patch delete',
    'apiextensions.k8s.io/customresourcedefinitions: list watch',
    'apps/daemonsets: deletecollection',
    'apps/daemonsets: list patch',
    'apps/deployments: deletecollection',
    'apps/deployments: list patch',
    'apps/replicasets: deletecollection',
    'apps/replicasets: list patch',
    'apps/statefulsets: deletecollection',
    'apps/statefulsets: list patch',
    'authorization.k8s.io/subjectaccessreviews: create',
    'autoscaling/horizontalpodautoscalers: deletecollection',
    'batch/cronjobs: deletecollection',
    'batch/cronjobs: list patch',
    'batch/jobs: deletecollection',
    'batch/jobs: list patch',
    'configmaps (named): get',
    'constraints.gatekeeper.sh/* (named): get create patch delete',
    'gateway.networking.k8s.io/gateways: get list watch create patch delete',
    'gateway.networking.k8s.io/grpcroutes: list patch delete',
    'gateway.networking.k8s.io/httproutes: get list watch create patch delete',
    'gateway.networking.k8s.io/listenersets: get list watch create patch delete',
    'limitranges: get list watch create patch delete',
    'namespaces: get list watch create patch delete',
    'networking.istio.io/destinationrules: get list watch create patch delete',
    'networking.istio.io/envoyfilters: get list watch create patch delete',
    'networking.istio.io/serviceentries: get list watch create patch delete',
    'networking.istio.io/sidecars: get list watch create patch delete',
    'networking.k8s.io/ingresses: list patch delete',
    'networking.k8s.io/networkpolicies: get list watch create patch delete',
    'pods: list delete',
    'pods: list deletecollection',
    'policy.linkerd.io/authorizationpolicies: get list watch create patch delete',
    'policy.linkerd.io/egressnetworks: get list watch create patch delete',
    'policy.linkerd.io/httplocalratelimitpolicies: get list watch create patch delete',
    'policy.linkerd.io/meshtlsauthentications: get list watch create patch delete',
    'policy.linkerd.io/networkauthentications: get list watch create patch delete',
    'policy.linkerd.io/servers: get list watch create patch delete',
    'policy.networking.k8s.io/clusternetworkpolicies (named): get create patch',
    'rbac.authorization.k8s.io/clusterroles (named): get create patch escalate bind',
    'rbac.authorization.k8s.io/rolebindings: get list watch create patch delete',
    'rbac.authorization.k8s.io/roles: bind',
    'replicationcontrollers: deletecollection',
    'replicationcontrollers: list patch',
    'resourcequotas: get list watch create patch delete',
    'scheduling.k8s.io/priorityclasses: list',
    'security.istio.io/authorizationpolicies: get list watch create patch delete',
    'security.istio.io/peerauthentications: get list watch create patch delete',
    'serviceaccounts (named): impersonate',
    'serviceaccounts: get list watch create patch delete',
    'services: deletecollection',
    'storage.k8s.io/storageclasses: list',
    'telemetry.istio.io/telemetries: get list watch create patch delete',
    'templates.gatekeeper.sh/constrainttemplates (named): get create patch delete',
  ]);
  expect(rightsOf('Role')).toEqual([
    'discovery.k8s.io/endpointslices: list',
    'serviceaccounts (named): impersonate',
    'serviceaccounts/token (named): create',
    'services (named): get',
  ]);
});

test('it has the rights that the table of kinds relies on', () => {
  const rights = rightsOf('ClusterRole', 'bulkhead-worker');
  const nameOf = ({ apiVersion, plural }: { apiVersion: string; plural: string }): string =>
    apiVersion.includes('/') ? `${apiVersion.split('/')[0] ?? ''}/${plural}` : plural;
  for (const resource of tenantResources) {
    expect(rights).toContain(`${nameOf(resource)}: get list watch create patch delete`);
  }
  for (const [resources, verb] of [
    [readableResources, 'list'],
    [suspendableResources, 'patch'],
  ] as const) {
    for (const resource of resources) {
      const own = rights.filter((right) => right.startsWith(`${nameOf(resource)}: `));
      expect(
        own.flatMap((right) => right.split(': ')[1]?.split(' ')),
        nameOf(resource),
      ).toContain(verb);
    }
  }
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
  const speakingAs = (user: string): CoreV1Api => {
    const other = new KubeConfig();
    other.loadFromString(config.exportConfig());
    for (const each of other.users) Object.assign(each, { impersonateUser: user });
    return other.makeApiClient(CoreV1Api);
  };
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
    'makes a Deployment': () =>
      config.makeApiClient(AppsV1Api).createNamespacedDeployment({
        namespace: 'default',
        body: {
          metadata,
          spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } },
        },
      }),
    'deletes a Deployment': () =>
      config.makeApiClient(AppsV1Api).deleteNamespacedDeployment({ namespace: 'default', name: 'any' }),
    'speaks as another ServiceAccount': () => speakingAs('system:serviceaccount:kube-system:default').listNode(),
    'speaks as an administrator': () => speakingAs('kubernetes-admin').listNode(),
    'changes something as the sweeper': () =>
      speakingAs('system:serviceaccount:bulkhead-system:bulkhead-sweeper').deleteNamespace({ name: 'default' }),
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

test('it changes workloads of tenants only, and never what they run', async () => {
  const [admin, worker] = ['adminKubeconfig', 'workerKubeconfig'].map((name) => {
    const config = new KubeConfig();
    config.loadFromFile(inject(name as 'adminKubeconfig'));
    return { apps: config.makeApiClient(AppsV1Api), core: config.makeApiClient(CoreV1Api) };
  }) as [{ apps: AppsV1Api; core: CoreV1Api }, { apps: AppsV1Api }];
  const name = 'bulkhead-rights';
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  const namespaces = ['default', 'tn-bulkhead-rights'];
  await admin.core.createNamespace({ body: { metadata: { name: 'tn-bulkhead-rights' } } });
  for (const namespace of namespaces) {
    const spec = { replicas: 0, selector: { matchLabels: labels }, template };
    await admin.apps.createNamespacedDeployment({ namespace, body: { metadata: { name }, spec } });
    await admin.apps.createNamespacedDaemonSet({
      namespace,
      body: { metadata: { name }, spec: { selector: { matchLabels: labels }, template } },
    });
  }
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const attempt = async (namespace: string, kind: 'Deployment' | 'DaemonSet', spec: object): Promise<boolean> => {
    const request = { namespace, name, body: { spec } };
    const answer =
      kind === 'Deployment'
        ? worker.apps.patchNamespacedDeployment(request, merge)
        : worker.apps.patchNamespacedDaemonSet(request, merge);
    return answer.then(
      () => true,
      (error: unknown) => {
        expect((error as { code: number }).code).toBe(422);
        return false;
      },
    );
  };
  const image = { template: { spec: { containers: [{ name: 'a', image: 'evil' }] } } };
  const account = { template: { spec: { serviceAccountName: 'deployer' } } };
  const nowhere = { template: { spec: { nodeSelector: { nowhere: 'true' } } } };
  expect(await attempt('tn-bulkhead-rights', 'Deployment', { replicas: 1 })).toBe(true);
  expect(await attempt('tn-bulkhead-rights', 'DaemonSet', nowhere)).toBe(true);
  expect(await attempt('default', 'Deployment', { replicas: 1 })).toBe(false);
  expect(await attempt('default', 'DaemonSet', nowhere)).toBe(false);
  for (const spec of [image, account]) {
    for (const kind of ['Deployment', 'DaemonSet'] as const) {
      expect({ kind, spec, accepted: await attempt('tn-bulkhead-rights', kind, spec) }).toMatchObject({
        accepted: false,
      });
    }
  }
  for (const namespace of namespaces) {
    await admin.apps.deleteNamespacedDeployment({ namespace, name });
    await admin.apps.deleteNamespacedDaemonSet({ namespace, name });
  }
  await admin.core.deleteNamespace({ name: 'tn-bulkhead-rights' });
});

test('it gives what a Role holds to nobody', async () => {
  const [admin, worker] = ['adminKubeconfig', 'workerKubeconfig'].map((name) => {
    const config = new KubeConfig();
    config.loadFromFile(inject(name as 'adminKubeconfig'));
    return { rbac: config.makeApiClient(RbacAuthorizationV1Api), core: config.makeApiClient(CoreV1Api) };
  }) as [{ rbac: RbacAuthorizationV1Api; core: CoreV1Api }, { rbac: RbacAuthorizationV1Api }];
  const [namespace, name, apiGroup] = ['tn-bulkhead-bindings', 'bulkhead-bindings', 'rbac.authorization.k8s.io'];
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  const eve = { apiGroup, kind: 'User', name: 'eve' };
  const binding = { metadata: { name }, roleRef: { apiGroup, kind: 'Role', name }, subjects: [eve] };
  await admin.core.createNamespace({ body: { metadata: { name: namespace } } });
  for (const where of ['default', namespace]) {
    await admin.rbac.createNamespacedRole({ namespace: where, body: { metadata: { name }, rules } });
    await expect(worker.rbac.createNamespacedRoleBinding({ namespace: where, body: binding })).rejects.toMatchObject({
      code: 422,
    });
    await admin.rbac.createNamespacedRoleBinding({ namespace: where, body: binding });
  }
  const change = async (where: string, subjects: object[]): Promise<number> => {
    const request = { namespace: where, name, body: { subjects } };
    const answer = worker.rbac.patchNamespacedRoleBinding(
      request,
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    return answer.then(
      () => 200,
      (error: unknown) => (error as { code: number }).code,
    );
  };
  expect(await change('default', [])).toBe(422);
  expect(await change(namespace, [])).toBe(200);
  expect(await change(namespace, [eve])).toBe(200);
  expect(await change(namespace, [{ apiGroup, kind: 'Group', name: 'system:authenticated' }])).toBe(422);
  const accountOf = (of: string): object => ({ kind: 'ServiceAccount', name: 'ci', namespace: of });
  for (const of of [namespace, 'build']) expect(await change(namespace, [accountOf(of)]), of).toBe(200);
  for (const of of ['tn-other', 'kube-system', 'bulkhead-system']) {
    expect(await change(namespace, [accountOf(of)]), of).toBe(422);
  }
  await admin.rbac.deleteNamespacedRoleBinding({ namespace: 'default', name });
  await admin.rbac.deleteNamespacedRole({ namespace: 'default', name });
  await admin.core.deleteNamespace({ name: namespace });
});
