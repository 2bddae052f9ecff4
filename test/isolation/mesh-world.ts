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

/** Who calls: where the pod is, and whom its certificate names. */
export interface Caller {
  namespace: string;
  labels?: Record<string, string>;
  /** Null: it is not in the mesh. */
  serviceAccount: string | null;
}

export interface Target {
  namespace: string;
  labels?: Record<string, string>;
}

/** Tenants in one cluster with a mesh, and what is rendered for them. */
export interface World {
  mesh: NonNullable<TenantInput['cluster']['mesh']>;
  /** The port at which pods of the mesh take what other pods of it send; null: each its own. */
  tunnel: number | null;
  objects: readonly KubernetesObject[];
}

/** What is said to one call. */
export interface Answer {
  mesh: boolean;
  network: boolean;
  /** Whether the call gets through. */
  through: boolean;
}

const spec = planWith({ network: { ingressGateway: true } });
export const acme = tenant('acme', spec, ['main', 'dev']);
/** Whose namespace begins as that of acme does. */
export const evil = tenant('acme-evil', spec);
export const beta = tenant('beta', spec);
export const link = linkBetween(acme, beta);
export const allTenants: readonly TenantInput[] = [{ ...acme, links: [link] }, { ...beta, links: [link] }, evil];

/** The cluster in which these tenants are. */
export function world(kind: MeshKind, tenants: readonly TenantInput[] = allTenants): World {
  return worldOf(tenants.map((each) => inMesh(each, kind)));
}

/** Tenants of one cluster, as they are. */
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
