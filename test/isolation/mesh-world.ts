import {
  type Endpoint,
  judge,
  judgeMesh,
  type KubernetesObject,
  type MeshCall,
  Policies,
  renderTenant,
  type TenantInput,
  tunnelPort,
} from '#isolation';

import { inMesh, linkBetween, type MeshKind } from './meshes.js';
import { planWith, tenant } from './tenants.js';

/** A caller: the namespace of its pod, and the identity in its certificate. */
export interface Caller {
  namespace: string;
  labels?: Record<string, string>;
  /** Null: it is outside the mesh. */
  serviceAccount: string | null;
}

export interface Target {
  namespace: string;
  labels?: Record<string, string>;
}

/** Tenants in one cluster with a mesh, and their object sets. */
export interface World {
  mesh: NonNullable<TenantInput['cluster']['mesh']>;
  /** The tunnel port of pods of the mesh; null: traffic uses the real ports. */
  tunnel: number | null;
  objects: readonly KubernetesObject[];
}

/** The verdicts on one call. */
export interface Answer {
  mesh: boolean;
  network: boolean;
  /** Whether the call gets through. */
  through: boolean;
}

const spec = planWith({ network: { ingressGateway: true } });
export const acme = tenant('acme', spec, ['main', 'dev']);
/** A tenant whose namespace has that of acme as a prefix. */
export const evil = tenant('acme-evil', spec);
export const beta = tenant('beta', spec);
export const link = linkBetween(acme, beta);
export const allTenants: readonly TenantInput[] = [{ ...acme, links: [link] }, { ...beta, links: [link] }, evil];

/** Returns the world of these tenants in a cluster with the mesh. */
export function world(kind: MeshKind, tenants: readonly TenantInput[] = allTenants): World {
  return worldOf(tenants.map((each) => inMesh(each, kind)));
}

/** Returns the world of these tenants in their own cluster. */
export function worldOf(tenants: readonly TenantInput[]): World {
  const [first] = tenants;
  const mesh = first?.cluster.mesh;
  if (first === undefined || !mesh) throw new Error('There is no tenant in a mesh.');
  return { mesh, tunnel: tunnelPort(first), objects: tenants.flatMap(renderTenant) };
}

const read = new WeakMap<readonly KubernetesObject[], Policies>();

export function ask({ mesh, tunnel, objects }: World, from: Caller, to: Target, port: number): Answer {
  const { namespace, serviceAccount } = from;
  const identity = serviceAccount === null ? null : { namespace, serviceAccount };
  const call: MeshCall = { identity, to: { labels: {}, ...to }, port };
  const inMeshAllowed = judgeMesh(objects, mesh, call).allowed;
  let policies = read.get(objects);
  if (policies === undefined) read.set(objects, (policies = Policies.read(objects)));
  const seen = identity === null || tunnel === null ? port : tunnel;
  const network = judge(policies, endpoint(from), endpoint(to), { protocol: 'TCP', port: seen }).allowed;
  return { mesh: inMeshAllowed, network, through: inMeshAllowed && network };
}

function endpoint({ namespace, labels = {} }: Target): Endpoint {
  return { kind: 'pod', name: namespace, namespace, labels, addresses: ['10.244.3.4'] };
}
