import { type KubernetesObject, NetworkingV1Api } from '@kubernetes/client-node';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { Adversary, type Outcome, outcome } from './adversary.js';
import { escapes } from './attempts.js';
import { digest, image, type Json, makers } from './makers.js';

const cluster = new Cluster();
const mallory = new Adversary();
let bulkhead: Bulkhead;
let namespace: string;
let tenantId: string;

const place = { namespace: '', tenantId: '', host: '' };
const made = makers(place);
const { core, container, pod, service, claim, policy, binding, person } = made;

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  const [id, devices] = [newSlug('plan'), { 'example.com/fpga': '1' }];
  const spec = {
    quota: { cpu: '10', memory: '10Gi', storage: '20Gi', volumeClaims: 5, loadBalancers: 1, devices },
    images: { registries: ['registry.example/acme/'], requireDigest: true },
    storageClasses: ['fast'],
    csiDrivers: ['secrets.csi.example'],
    ingressClasses: ['public'],
    loadBalancerClasses: ['example.com/public'],
    annotations: ['vault.hashicorp.com', 'eks.amazonaws.com/role-arn'],
    // No plan can open the API server by naming its audience.
    tokenAudiences: ['vault', 'bulkhead-dev'],
    podSecurity: { enforce: 'restricted', userNamespaces: true, readOnlyRootFilesystem: true },
    workloadLimits: { maxReplicas: 3, memoryLimitRequestRatio: 4, emptyDirSizeLimit: true },
  };
  const made = await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const slug = newSlug();
  const members = ['admin', 'developer', 'viewer'].map((role) => ({
    kind: 'User',
    name: `${role}@acme.example`,
    role: `tenant-${role}`,
  }));
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: id, members });
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  tenantId = tenant.id;
  namespace = `tn-${slug}`;
  const host = `${slug}.example`;
  await bulkhead.api.change('POST', `/v1/tenants/${tenantId}/hosts`, { host });
  Object.assign(place, { namespace, tenantId, host });
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  await cluster.rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'any' }, rules } });
  await mallory.become(cluster, namespace);
});
afterAll(() => bulkhead.stop());

describe('a user with every right in a tenant’s namespace', () => {
  test.for(Object.entries(escapes(place, made)))('cannot get %s', async ([, [attempt, control, message]]) => {
    expect(await mallory.create(control())).toBe('admitted');
    expect(await mallory.create(attempt())).toContain(message);
  });

  test.for([
    ['v1', 'ResourceQuota', 'tenant-quota'],
    ['v1', 'LimitRange', 'tenant-limits'],
    ['v1', 'ServiceAccount', 'deployer'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'tenant-default-deny'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'bulkhead-tenant-admin'],
  ] as const)('cannot delete or change Bulkhead’s %s %s', async ([apiVersion, kind, name]) => {
    const object = { apiVersion, kind, metadata: { name, namespace } };
    const change = { ...object, metadata: { ...object.metadata, labels: { 'bulkhead.io/tenant-id': null } } };
    expect(await mallory.delete(object)).toMatch(/managed by Bulkhead|cannot write/);
    expect(await mallory.patch(change as never)).toMatch(/managed by Bulkhead|cannot write/);
  });

  test('can delete a collection of its own objects, but not one that contains Bulkhead’s', async () => {
    const config = new KubeConfig();
    config.loadFromFile(inject('adminKubeconfig'));
    for (const each of config.users) Object.assign(each, { impersonateUser: mallory.user });
    const own = policy({ ingress: [{ _from: [{ podSelector: {} }] }] });
    await mallory.objects.create({ ...own, metadata: { name: 'own', namespace, labels: { of: 'mallory' } } } as never);
    const networking = config.makeApiClient(NetworkingV1Api);
    expect(await outcome(networking.deleteCollectionNamespacedNetworkPolicy({ namespace }))).toContain(
      'managed by Bulkhead',
    );
    const selected = { namespace, labelSelector: 'of=mallory' };
    await networking.deleteCollectionNamespacedNetworkPolicy(selected);
    const names = (await cluster.networking.listNamespacedNetworkPolicy({ namespace })).items.map(
      ({ metadata }) => metadata?.name,
    );
    expect(names).toContain('tenant-default-deny');
    expect(names).not.toContain('own');
  });

  test('cannot change the certificates of the API server', async () => {
    const metadata = { name: 'kube-root-ca.crt', namespace };
    const roots = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': 'evil' } };
    expect(await mallory.patch(roots)).toContain('belongs to the cluster');
    expect(await mallory.delete(roots)).toContain('belongs to the cluster');
  });

  test('cannot change labels and annotations of the namespace that control its isolation', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    const annotations = { 'bulkhead.io/registries': 'evil.example/' };
    const of = (metadata: Json): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, ...metadata },
    });
    expect(await mallory.patch(of({ labels: { team: 'web' } }))).toBe('admitted');
    for (const change of [{ labels }, { annotations }, { labels: { 'bulkhead.io/tenant-id': null } }]) {
      expect(await mallory.patch(of(change))).toContain('reserved for Bulkhead');
    }
    expect(await mallory.delete(of({}))).toContain('Only Bulkhead can delete');
  });
});

describe.for(['admin', 'developer', 'viewer', 'deployer'])('as %s', (role) => {
  let user: Adversary;
  beforeAll(async () => {
    user = new Adversary(`${role}@acme.example`, role === 'deployer' ? await tokenOf(role) : undefined);
  });

  test.for(Object.entries(escapes(place, made)))(
    'there is no way to get %s',
    async ([, [attempt, control, message]]) => {
      const allowed = await user.create(control());
      const answer = await user.create(attempt());
      // Either the role cannot write the kind, or cannot grant rights that it lacks, or admission refuses it.
      const refusal = new RegExp(`cannot create resource|attempting to grant RBAC permissions|${message}`);
      expect(answer).toMatch(refusal);
      if (allowed !== 'admitted') expect(allowed).toMatch(/cannot create resource/);
    },
  );

  test('objects of Bulkhead cannot be deleted', async () => {
    const metadata = { name: 'tenant-default-deny', namespace };
    const answer = await user.delete({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata });
    expect(answer).toContain(role === 'admin' ? 'managed by Bulkhead' : 'cannot delete resource');
  });
});

async function tokenOf(name: string): Promise<string> {
  const body = { spec: { audiences: [] } };
  const { status } = await cluster.core.createNamespacedServiceAccountToken({ namespace, name, body });
  return status?.token ?? '';
}

test('an administrator of a tenant can write roles, bindings and network policies', async () => {
  const admin = new Adversary('admin@acme.example');
  const own = [
    made.role({}),
    binding('bulkhead-tenant-viewer', person),
    policy({ egress: [{ to: [{ podSelector: {} }] }] }),
  ];
  for (const object of own) expect(await admin.create(object)).toBe('admitted');
  expect(await admin.create(made.role({ resources: ['nodes'] }))).toContain('attempting to grant RBAC permissions');
});

test('only Bulkhead can create a namespace with the label of a tenant', async () => {
  const eve = new Adversary('eve@platform.example');
  const name = newSlug('namespaces');
  const apiGroup = 'rbac.authorization.k8s.io';
  await cluster.rbac.createClusterRole({
    body: { metadata: { name }, rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['create'] }] },
  });
  await cluster.rbac.createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name: eve.user }],
    },
  });
  const made = (labels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  });
  await expect.poll(() => eve.create(made({ team: 'web' }))).toBe('admitted');
  expect(await eve.create(made({ 'bulkhead.io/tenant-id': tenantId }))).toContain('Only Bulkhead can create');
  await cluster.rbac.deleteClusterRoleBinding({ name });
  await cluster.rbac.deleteClusterRole({ name });
});

test('a pod gets the fields that "restricted" requires and it leaves out, and its images are always pulled', async () => {
  const bare = { name: 'a', image, imagePullPolicy: 'Never' };
  const spec = {
    securityContext: { runAsNonRoot: true },
    containers: [{ ...bare, securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true } }],
  };
  const stored = (await mallory.objects.create(core('Pod', { spec }), undefined, 'All')) as KubernetesObject & {
    spec: Json;
  };
  expect(stored.metadata?.labels).toEqual({ 'bulkhead.io/tenant': tenantId });
  expect(stored.spec).toMatchObject({
    hostUsers: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ imagePullPolicy: 'Always', securityContext: { capabilities: { drop: ['ALL'] } } }],
  });
  const adds = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['SETPCAP'] } };
  const escape = { ...spec, containers: [{ ...bare, securityContext: adds }] };
  expect(await mallory.create(core('Pod', { spec: escape }))).toContain('violates PodSecurity');
});

test('a container that is added to a running pod is checked like the others', async () => {
  await mallory.objects.create(pod());
  const { securityContext } = container;
  const added = (more: Json): Promise<Outcome> =>
    mallory.addContainer({ name: 'escape', namespace }, { ...container, name: 'debug', ...more });
  expect(await added({})).toBe('admitted');
  // Missing or different values are filled in.
  expect(
    await added({ imagePullPolicy: 'Never', securityContext: { ...securityContext, capabilities: undefined } }),
  ).toBe('admitted');
  expect(await added({ image: `evil.example/app${digest}` })).toContain('images from this registry');
  expect(await added({ image: 'registry.example/acme/app:1' })).toContain('images by digest');
  expect(await added({ securityContext: { ...securityContext, readOnlyRootFilesystem: false } })).toContain(
    'read-only',
  );
  expect(await added({ securityContext: { ...securityContext, runAsUser: 1337 } })).toContain('Users and groups 1337');
  expect(await added({ securityContext: { ...securityContext, privileged: true } })).toContain('privileged');
  await mallory.objects.delete(pod());
});

test('images are always pulled, whatever the pod sets and however many it has', async () => {
  const volumes = [{ name: 'v', image: { reference: image, pullPolicy: 'Never' } }];
  const stored = (await mallory.objects.create(pod({ volumes }), undefined, 'All')) as KubernetesObject & {
    spec: Json;
  };
  expect(stored.spec).toMatchObject({ volumes: [{ image: { pullPolicy: 'Always' } }] });
  const containers = Array.from({ length: 21 }, (_, index) => ({ ...container, name: `c${index}` }));
  expect(await mallory.create(pod({ containers }))).toContain('pulled every time');
  const stated = containers.map((each) => ({ ...each, imagePullPolicy: 'Always' }));
  expect(await mallory.create(pod({ containers: stated }))).toBe('admitted');
});

test('a tenant cannot choose the volume of a waiting claim', async () => {
  const metadata = { name: 'waits', namespace };
  await mallory.objects.create({ ...claim({}), metadata });
  const given = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: { volumeName: 'pv-of-another' } };
  for (const user of [mallory, new Adversary('admin@acme.example')]) {
    expect(await user.patch({ ...given, metadata: { ...metadata, labels: { a: 'b' } }, spec: {} } as never)).toBe(
      'admitted',
    );
    expect(await user.patch(given as never)).toContain('must not select an existing volume');
  }
  // The cluster binds it like this.
  const binder = new Adversary('system:serviceaccount:kube-system:persistent-volume-binder');
  const live = await cluster.objects.read<KubernetesObject & { spec: Json }>({ ...given, metadata });
  const bound = { ...live, spec: { ...live.spec, volumeName: 'pv-of-another' } };
  expect(await outcome(binder.objects.replace(bound, undefined, 'All'))).toBe('admitted');
});

test('the tenant label of a pod cannot be changed', async () => {
  await mallory.objects.create(pod());
  const named = (labels: Json): KubernetesObject => core('Pod', { metadata: { name: 'escape', namespace, labels } });
  expect(await mallory.patch(named({ team: 'web' }))).toBe('admitted');
  expect(await mallory.patch(named({ 'bulkhead.io/tenant': 'tenant_01other' }))).toContain(
    'must name the tenant of the pod',
  );
  await mallory.objects.delete(named({}));
});

test('a pod that an earlier plan allowed can be labelled, but its spec cannot be changed', async () => {
  const before = newSlug();
  const plan = newSlug('plan');
  const quota = { cpu: '10', memory: '10Gi' };
  const spec = { quota, podSecurity: { enforce: 'restricted' } };
  await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: plan, spec });
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: before, plan });
  const where = `tn-${before}`;
  await mallory.become(cluster, where);
  const metadata = { name: 'old', namespace: where };
  const old = { ...pod(), metadata };
  await mallory.objects.create(old);
  const narrow = { ...spec, images: { registries: ['elsewhere.example/'] } };
  await bulkhead.api.send('POST', `/v1/plans/${plan}/versions`, { spec: narrow });
  await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { plan });
  await expect
    .poll(() => mallory.create({ ...old, metadata: { ...metadata, name: 'new' } }))
    .toContain('this registry');
  const labelled = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels: { team: 'web' } } };
  expect(await mallory.patch(labelled)).toBe('admitted');
  expect(await mallory.patch({ ...labelled, spec: { activeDeadlineSeconds: 60 } } as never)).toContain('this registry');
});

test('a tenant with its own objects is deleted completely', async () => {
  await mallory.objects.create(policy({ ingress: [{ _from: [{ podSelector: {} }] }] }));
  await mallory.objects.create(pod());
  await mallory.objects.create(service({}));
  await mallory.objects.create(claim({}));
  await mallory.objects.create(core('Secret', { type: 'Opaque' }));
  await mallory.objects.create(binding('bulkhead-tenant-viewer', person));
  const { operation } = await bulkhead.api.removeTenant(tenantId);
  expect(operation).toMatchObject({ kind: 'delete', state: 'succeeded' });
  expect(await cluster.namespacesOf(tenantId)).toEqual([]);
});
