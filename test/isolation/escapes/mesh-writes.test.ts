import {
  CoreV1Api,
  CustomObjectsApi,
  type KubernetesObject,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { eventually } from '../../support/eventually.js';
import { waypointPod } from '../../support/injected-pods.js';
import { MeshPlace } from '../../support/mesh-place.js';
import { Adversary, outcome } from './adversary.js';
import { inputs, makersIn } from './mesh-tenants.js';

const ISTIOD = 'system:serviceaccount:istio-system:istiod';
const LINKERD = 'system:serviceaccount:linkerd:linkerd-destination';
const CNI = 'system:serviceaccount:istio-system:istio-cni';

let mesh: MeshPlace;
let mallory: Adversary;

beforeAll(async () => {
  const installed = { kind: 'istio-ambient', controlPlaneNamespace: 'istio-system' } as const;
  mesh = await MeshPlace.start(installed, [inputs['istio-ambient']]);
  mallory = as('mallory@acme.example');
  await mallory.become(mesh.own.cluster, 'tn-istio-ambient');
});
afterAll(() => mesh.stop());

function as(user: string): Adversary {
  return new Adversary(user, undefined, mesh.own.plane.adminKubeconfig);
}

describe('objects that the mesh itself writes', () => {
  const namespace = 'tn-istio-ambient';
  const { core, deployment, service } = makersIn('istio-ambient');
  const guard = { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy' };
  const roots = {
    ...core('ConfigMap', { data: { 'root-cert.pem': 'x' } }),
    metadata: { name: 'istio-ca-root-cert', namespace },
  };
  const waypoint = (): KubernetesObject => {
    const { metadata, spec } = waypointPod(inputs['istio-ambient'].id);
    const names = { 'gateway.networking.k8s.io/gateway-name': 'waypoint' };
    return {
      ...deployment(1),
      metadata: { name: 'waypoint', namespace, labels: metadata?.labels ?? {} },
      spec: { replicas: 1, selector: { matchLabels: names }, template: { metadata, spec } },
    } as KubernetesObject;
  };
  const account = (): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'waypoint', namespace, labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
  });
  /** Writes the status of an object. */
  const writeStatus = (who: Adversary, group: string, plural: string, name: string): Promise<string> => {
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    const body = { status: { conditions: [] } };
    if (group === '') {
      const core = who.config.makeApiClient(CoreV1Api);
      return outcome(core.patchNamespacedServiceStatus({ name, namespace, body, dryRun: 'All' }, merge));
    }
    const custom = who.config.makeApiClient(CustomObjectsApi);
    const target = { group, version: 'v1', namespace, plural, name };
    return outcome(custom.patchNamespacedCustomObjectStatus({ ...target, body, dryRun: 'All' }, merge));
  };
  const onGuard = (who: Adversary): Promise<string> =>
    writeStatus(who, 'security.istio.io', 'authorizationpolicies', 'tenant-isolation-guard');

  beforeAll(async () => {
    for (const name of [ISTIOD, LINKERD, CNI]) await as(name).become(mesh.own.cluster, namespace);
    await mallory.objects.create(service({}));
  });

  test('istiod can write them, and nothing else', async () => {
    const istiod = as(ISTIOD);
    expect(await istiod.create(roots)).toBe('admitted');
    expect(await istiod.create(account())).toBe('admitted');
    expect(await istiod.create(waypoint())).toBe('admitted');
    expect(await onGuard(istiod)).toBe('admitted');
    expect(await writeStatus(istiod, 'gateway.networking.k8s.io', 'gateways', 'waypoint')).toBe('admitted');
    expect(await writeStatus(istiod, '', 'services', 'escape')).toBe('admitted');
    const metadata = { name: 'tenant-isolation-guard', namespace };
    expect(await istiod.delete({ ...guard, metadata })).toMatch(/managed by Bulkhead|The mesh is configured/);
    expect(await istiod.create({ ...guard, metadata: { name: 'x', namespace }, spec: {} } as never)).toContain(
      'The mesh is configured',
    );
    expect(await istiod.create({ ...waypoint(), metadata: { name: 'x', namespace } })).toContain(
      'Templates must not contain',
    );
  });

  test('no other user can write them', async () => {
    for (const user of [mallory, as(LINKERD)]) {
      expect(await user.create(roots)).toContain('belongs to the cluster');
      expect(await user.create(account())).toMatch(
        /belong to the mesh|must not change how the mesh treats it|reserved for an object of Bulkhead/,
      );
      expect(await user.create(waypoint())).toContain("ValidatingAdmissionPolicy 'bulkhead-");
      expect(await onGuard(user)).toMatch(/managed by Bulkhead|The mesh is configured/);
      expect(await writeStatus(user, '', 'services', 'escape')).toContain('cannot write this kind');
    }
  });

  test('a waypoint runs, and tenants cannot touch it', async () => {
    const istiod = as(ISTIOD);
    await istiod.objects.create(account());
    await istiod.objects.create(waypoint());
    const labelSelector = 'gateway.networking.k8s.io/gateway-name=waypoint';
    let name = '';
    await eventually('a pod of the waypoint is there', async () => {
      const { items } = await mesh.own.cluster.core.listNamespacedPod({ namespace, labelSelector });
      name = items[0]?.metadata?.name ?? '';
      return name !== '';
    });
    const own = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'waypoint', namespace } };
    expect(await mallory.delete(own)).toContain('belong to the mesh');
    // Several policies refuse a change, and any of them can answer first.
    expect(await mallory.patch({ ...own, spec: { replicas: 0 } } as never)).toContain(
      "ValidatingAdmissionPolicy 'bulkhead-",
    );
    const api = mallory.config.makeApiClient(CoreV1Api);
    const shell = await api.connectPostNamespacedPodExec({ name, namespace, command: 'sh' }).catch(String);
    expect(shell).toContain('name another container');
  });

  test('the agent of an ambient mesh marks captured pods, and tenants cannot remove the mark', async () => {
    const { pod } = makersIn('istio-ambient');
    await mallory.objects.create({ ...pod(), metadata: { name: 'caught', namespace } });
    const noted = (value: string | null): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'caught', namespace, annotations: { 'ambient.istio.io/redirection': value as string } },
    });
    expect(await mallory.patch(noted('enabled'))).toContain('must not change how the mesh');
    await as(CNI).objects.patch(
      noted('enabled'),
      undefined,
      undefined,
      undefined,
      undefined,
      'application/merge-patch+json',
    );
    expect(await mallory.patch(noted(null))).toContain('must stay');
    expect(
      await mallory.patch({ ...noted('enabled'), metadata: { name: 'caught', namespace, labels: { a: 'b' } } }),
    ).toBe('admitted');
  });

  test('in a cluster with Linkerd its policy controller can write status, and istiod nothing', async () => {
    await mesh.applyBaseline({ kind: 'linkerd', controlPlaneNamespace: 'linkerd' });
    expect(await onGuard(as(LINKERD))).toBe('admitted');
    expect(await onGuard(as(ISTIOD))).toMatch(/managed by Bulkhead|The mesh is configured/);
    expect(await as(ISTIOD).create(roots)).toContain('belongs to the cluster');
  });

  test('in a cluster without a mesh no controller of a mesh is exempt', async () => {
    await mesh.applyBaseline(null);
    for (const name of [ISTIOD, LINKERD]) {
      expect(await as(name).create(roots)).toContain('belongs to the cluster');
      expect(await as(name).create(account())).toMatch(/belong to the mesh|must not change how the mesh treats it/);
      expect(await onGuard(as(name))).toMatch(/managed by Bulkhead|The mesh is configured/);
    }
  });
});
