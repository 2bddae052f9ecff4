import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type KubernetesObject } from '@kubernetes/client-node';
import { inject } from 'vitest';

import { type Cluster } from './cluster.js';

export type MeshKind = 'istio-sidecar' | 'istio-ambient' | 'linkerd';

/** Every kind that a tenant can have in a mesh, by full name: both Istio and Linkerd have an AuthorizationPolicy. */
const meshKinds: Record<'istio' | 'linkerd', readonly (readonly [apiVersion: string, kind: string])[]> = {
  istio: [
    ['security.istio.io/v1', 'PeerAuthentication'],
    ['security.istio.io/v1', 'AuthorizationPolicy'],
    ['networking.istio.io/v1', 'Sidecar'],
    ['networking.istio.io/v1alpha3', 'EnvoyFilter'],
    ['telemetry.istio.io/v1', 'Telemetry'],
    ['gateway.networking.k8s.io/v1', 'Gateway'],
  ],
  linkerd: [
    ['policy.linkerd.io/v1beta3', 'Server'],
    ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
    ['policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication'],
    ['policy.linkerd.io/v1alpha1', 'NetworkAuthentication'],
    ['policy.linkerd.io/v1alpha1', 'EgressNetwork'],
    ['policy.linkerd.io/v1alpha1', 'HTTPLocalRateLimitPolicy'],
  ],
};

const kindsOf = (mesh: MeshKind): (typeof meshKinds)['istio'] =>
  mesh === 'linkerd' ? meshKinds.linkerd : meshKinds.istio;

/** An object of a mesh in the cluster. */
export type MeshObject = KubernetesObject & {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string };
  spec?: object;
};

/** `spec` of objects, by `nameOfMesh`. */
export type Specs = Record<string, object | undefined>;

/** Returns the mesh objects in namespaces, whoever made them, ordered by name. */
export function meshObjects(cluster: Cluster, mesh: MeshKind, namespaces: string[]): Promise<MeshObject[]> {
  return objectsOfKinds(cluster, kindsOf(mesh), namespaces);
}

/** Returns the objects that control traffic in namespaces, of the mesh and network policies: `spec` by name. */
export async function trafficSpecs(cluster: Cluster, mesh: MeshKind, namespaces: string[]): Promise<Specs> {
  const kinds = [...kindsOf(mesh), ['networking.k8s.io/v1', 'NetworkPolicy'] as const];
  const objects = await objectsOfKinds(cluster, kinds, namespaces);
  return Object.fromEntries(objects.map((object) => [nameOfMesh(object), object.spec]));
}

async function objectsOfKinds(
  cluster: Cluster,
  kinds: readonly (readonly [apiVersion: string, kind: string])[],
  namespaces: string[],
): Promise<MeshObject[]> {
  const queries = namespaces.flatMap((namespace) => kinds.map((kind) => [...kind, namespace] as const));
  const lists = await Promise.all(
    queries.map(async ([apiVersion, kind, namespace]) => {
      const { items } = await cluster.objects.list(apiVersion, kind, namespace);
      return items.map((item) => ({ ...item, apiVersion, kind }) as MeshObject);
    }),
  );
  return lists.flat().sort((a, b) => nameOfMesh(a).localeCompare(nameOfMesh(b)));
}

/** Returns `apiVersion/Kind/namespace/name`, as drift and previews name an object. */
export function nameOfMesh({ apiVersion, kind, metadata }: MeshObject): string {
  return [apiVersion, kind, metadata.namespace, metadata.name].join('/');
}

/** Returns the mesh objects that allow traffic; the others restrict. */
export function opening(objects: readonly MeshObject[]): string[] {
  return objects.filter(({ metadata }) => /allow/.test(metadata.name)).map(nameOfMesh);
}

/** Writes a file that describes a cluster with this mesh, a gateway and a metrics collector. */
export function clusterFile(mesh: MeshKind | null): string {
  const file = path.join(mkdtempSync(path.join(inject('temporaryFolder'), 'mesh-')), 'cluster.json');
  const identity = (serviceAccount: string): object => ({ namespace: 'platform', serviceAccount });
  const kind = mesh === null ? {} : { kind: mesh };
  const description = {
    nodeCidrs: ['192.168.10.0/24'],
    gateway: { namespace: 'platform', podLabels: { app: 'gateway' } },
    monitoring: { namespace: 'platform', podLabels: { app: 'prometheus' }, ports: [9090] },
    mesh: { ...kind, gatewayIdentity: identity('gateway'), monitoringIdentity: identity('prometheus') },
  };
  writeFileSync(file, JSON.stringify(description));
  return file;
}

/** Returns a plan that uses every feature of the mesh. */
export function meshPlan(mesh: MeshKind): object {
  return {
    environments: { default: ['main', 'staging'], max: 3 },
    quota: { cpu: '2', memory: '4Gi', pods: 20 },
    network: { ingressGateway: true, monitoring: true, kubeApi: true },
    mesh: {
      waypoint: mesh === 'istio-ambient',
      rateLimit: mesh === 'istio-ambient' ? null : { requestsPerSecond: 50 },
      telemetry: { tracingSampling: 12.5, accessLogs: true },
    },
  };
}
