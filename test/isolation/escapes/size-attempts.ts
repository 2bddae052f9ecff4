import { type KubernetesObject } from '@kubernetes/client-node';

import { type Attempts, type Json, type Makers, type Place } from './makers.js';

const KIB = 1024;

/** Attempts to fill the database of the cluster, or the memory of what reads it, with objects that a quota counts as one. */
export function sizeEscapes(
  place: Place,
  { core, pod, container, service, deployment, rbac, policy }: Makers,
): Attempts {
  const data = (text: string): KubernetesObject => core('ConfigMap', { data: { a: text } });
  const entries = (count: number, bytes: number): Json =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x'.repeat(bytes)]));
  const secret = (bytes: number, type = 'Opaque'): KubernetesObject =>
    core('Secret', { type, data: { release: Buffer.alloc(bytes).toString('base64') } });
  const HELM = 'helm.sh/release.v1';
  const withEnv = (bytes: number): Json => ({
    containers: [{ ...container, env: [{ name: 'LARGE', value: 'x'.repeat(bytes) }] }],
  });
  const workload = (bytes: number): KubernetesObject => {
    const { spec, ...object } = deployment(1) as KubernetesObject & { spec: { template: { spec: Json } } };
    const template = { ...spec.template, spec: { ...spec.template.spec, ...withEnv(bytes) } };
    return { ...object, spec: { ...spec, template } } as KubernetesObject;
  };
  const binding = (count: number): KubernetesObject =>
    rbac('RoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'bulkhead-tenant-viewer' },
      subjects: Array.from({ length: count }, (_, index) => ({
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'User',
        name: `${index}@acme.example`,
      })),
    });
  const ports = (count: number): KubernetesObject =>
    policy({
      ingress: Array.from({ length: count }, (_, index) => ({
        _from: [{ podSelector: {} }],
        ports: Array.from({ length: 20 }, (_, offset) => ({ protocol: 'TCP', port: 1 + index * 20 + offset })),
      })),
    });
  const owned = (metadata: Json): KubernetesObject =>
    core('ConfigMap', { metadata: { name: 'escape', namespace: place.namespace, ...metadata } });
  const owners = (count: number): Json[] =>
    Array.from({ length: count }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'x'.repeat(600),
      uid: `${index}`,
    }));
  const finalizers = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${'x'.repeat(60)}.example/${'y'.repeat(50)}${index}`);
  const large = 'must not be larger than';
  return {
    'a ConfigMap that fills the database': [
      () => data('x'.repeat(512 * KIB)),
      () => data('x'.repeat(500 * KIB)),
      `${large} 512 KiB`,
    ],
    'a ConfigMap of characters of four bytes': [
      () => data('😀'.repeat(130 * KIB)),
      () => data('😀'.repeat(100 * KIB)),
      `${large} 512 KiB`,
    ],
    'a ConfigMap of many entries': [
      () => core('ConfigMap', { data: entries(7_000, 80) }),
      () => core('ConfigMap', { data: entries(5_000, 80) }),
      `${large} 512 KiB`,
    ],
    'a Secret that fills the database': [() => secret(400 * KIB), () => secret(300 * KIB), `${large} 512 KiB`],
    'a Secret as large as a release of Helm': [
      () => secret(700 * KIB),
      () => secret(1024 * KIB - 64, HELM),
      `${large} 512 KiB`,
    ],
    'a release of Helm that is larger than any Secret': [
      () => secret(1024 * KIB + 1, HELM),
      () => secret(900 * KIB, HELM),
      'Too long: may not be more than 1048576 bytes',
    ],
    'a workload whose copies fill the database': [() => workload(128 * KIB), () => workload(100 * KIB), `${large} 128`],
    'a pod of a hundred kilobytes': [() => pod(withEnv(128 * KIB)), () => pod(withEnv(100 * KIB)), `${large} 128`],
    'a Service that selects by a thousand labels': [
      () => service({ selector: entries(900, 40) }),
      () => service({ selector: entries(400, 40) }),
      `${large} 32 KiB`,
    ],
    'a binding with hundreds of subjects': [() => binding(600), () => binding(300), `${large} 32 KiB`],
    'a network policy with thousands of ports': [() => ports(100), () => ports(20), `${large} 32 KiB`],
    'an object with a list of a thousand owners': [
      () => owned({ ownerReferences: owners(900) }),
      () => owned({ ownerReferences: owners(700) }),
      `${large} 512 KiB`,
    ],
    'a Service that hundreds of controllers hold': [
      () => service({}, { finalizers: finalizers(300) }),
      () => service({}, { finalizers: finalizers(200) }),
      `${large} 32 KiB`,
    ],
  };
}
