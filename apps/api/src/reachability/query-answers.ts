import {
  type DirectionVerdict,
  type Endpoint,
  judge,
  judgeMesh,
  type KubernetesObject,
  linkFor,
  meshOf,
  type NetworkRule,
  Policies,
  type Port,
  renderGuardrail,
  renderMeshPolicies,
  renderNetwork,
  type RuleAbout,
  rulesAbout,
  type TenantInput,
  tunnelPort,
  type WorkloadIdentity,
} from '#isolation';

import { type KnownTenant } from './answers.js';

/** Pods of a tenant or of the platform. */
export interface PodEnd {
  kind: 'pod';
  /** Null: the namespace belongs to no tenant. */
  tenantId: string | null;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** The account as which the pod runs. */
  serviceAccount: string;
}

/** One end of a connection. */
export type End = PodEnd | { kind: 'address'; address: string };

/** Whether one end reaches the other. At least one is a pod of a tenant, and all pods are in one cluster. */
export interface ConnectionQuestion {
  from: End;
  to: End;
  port: Port;
}

/** The verdict of the policies of the receiver's mesh. */
export interface MeshAnswer {
  kind: string;
  /** The identity in the certificate of the caller; null: it has none. */
  caller: string | null;
  allowed: boolean;
  /** The deciding objects, such as `AuthorizationPolicy/tenant-isolation-guard`. */
  because: string[];
}

export interface ConnectionAnswer {
  allowed: boolean;
  readingsDiffer: boolean;
  egress: DirectionVerdict;
  ingress: DirectionVerdict;
  /** Null: the receiver is in no mesh, or the mesh passes the traffic on without a decision. */
  mesh: MeshAnswer | null;
  rules: (Pick<NetworkRule, 'id' | 'direction' | 'action'> & { tenantId: string; decides: boolean })[];
  /** Links by which one tenant reaches the other. */
  links: string[];
}

/** Questions about connections, and every tenant that they name. */
export interface ConnectionQuestions {
  tenants: readonly KnownTenant[];
  connections: readonly ConnectionQuestion[];
}

/** A tenant that questions name and whose objects cannot be computed. */
export interface Unanswerable {
  tenantId: string;
  reason: string;
}

/** Computes the answers, in the order of the questions, from the objects of the tenants that they name. Pure. */
export function connectionAnswers({ tenants, connections }: ConnectionQuestions): ConnectionAnswer[] | Unanswerable {
  const known = new Map<string, Known>();
  const objects: KubernetesObject[] = tenants.slice(0, 1).flatMap(({ clusterFacts }) => renderGuardrail(clusterFacts));
  for (const tenant of tenants) {
    const input = { ...tenant, cluster: tenant.clusterFacts };
    try {
      objects.push(...renderNetwork(input));
      known.set(tenant.id, { input, mesh: meshOf(input) === null ? [] : renderMeshPolicies(input) });
    } catch (error) {
      return { tenantId: tenant.id, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  const world = new World(Policies.read(objects), known);
  return connections.map((connection) => answer(world, connection));
}

/** A tenant, and the objects by which its mesh decides. */
interface Known {
  input: TenantInput;
  mesh: KubernetesObject[];
}

/** The objects, and endpoints for ends: one for all questions, so that what applies to it is found once. */
class World {
  private readonly endpoints = new Map<string, Endpoint>();

  constructor(
    readonly policies: Policies,
    private readonly tenants: ReadonlyMap<string, Known>,
  ) {}

  tenantOf(end: End): Known | null {
    return end.kind === 'pod' && end.tenantId !== null ? (this.tenants.get(end.tenantId) ?? null) : null;
  }

  /** @param side two pods that are described alike are two pods */
  endpointOf(end: End, side: 'from' | 'to', podCidrs: readonly string[]): Endpoint {
    const key = JSON.stringify([side, end]);
    const found = this.endpoints.get(key);
    if (found !== undefined) return found;
    const made: Endpoint =
      end.kind === 'address'
        ? { kind: 'address', name: end.address, address: end.address }
        : { kind: 'pod', name: 'pod', namespace: end.namespace, labels: end.labels, addresses: podCidrs };
    this.endpoints.set(key, made);
    return made;
  }
}

function answer(world: World, { from, to, port }: ConnectionQuestion): ConnectionAnswer {
  const [sender, receiver] = [world.tenantOf(from), world.tenantOf(to)];
  const podCidrs = (sender ?? receiver)?.input.cluster.podCidrs ?? [];
  const ends = [world.endpointOf(from, 'from', podCidrs), world.endpointOf(to, 'to', podCidrs)] as const;
  const carrying = carriedOn(sender, receiver, port);
  const { allowed, readingsDiffer, egress, ingress } = judge(world.policies, ...ends, carrying);
  const mesh = meshAnswer(sender, receiver, { from, to, port });
  const links =
    sender === null || receiver === null || sender === receiver
      ? []
      : [linkFor(sender.input, ends, carrying, 'outbound')].flatMap((link) => (link === null ? [] : [link.id]));
  return {
    allowed: allowed && mesh?.allowed !== false,
    ...{ readingsDiffer, egress, ingress, mesh, links },
    rules: [...rulesOf(sender, from, to, 'egress', port), ...rulesOf(receiver, to, from, 'ingress', port)],
  };
}

/** Between two pods of a mesh with tunnels, network policies see the port of the tunnel. */
function carriedOn(sender: Known | null, receiver: Known | null, port: Port): Port {
  const isTunnelled = sender !== null && receiver !== null && port.protocol === 'TCP';
  const [there, here] = isTunnelled ? [tunnelPort(receiver.input), tunnelPort(sender.input)] : [null, null];
  return there !== null && there === here ? { protocol: 'TCP', port: there } : port;
}

function rulesOf(
  tenant: Known | null,
  own: End,
  other: End,
  direction: NetworkRule['direction'],
  port: Port,
): ConnectionAnswer['rules'] {
  if (tenant === null || own.kind !== 'pod' || other.kind !== 'address') return [];
  const { namespace, labels: podLabels } = own;
  const about = rulesAbout(tenant.input, { direction, namespace, podLabels, address: other.address, port });
  return about.map(({ rule: { id, action }, decides }: RuleAbout) => ({
    id,
    tenantId: tenant.input.id,
    direction,
    action,
    decides,
  }));
}

/** What proxies do not handle reaches pods without them. */
function meshAnswer(
  sender: Known | null,
  receiver: Known | null,
  { from, to, port }: ConnectionQuestion,
): MeshAnswer | null {
  const mesh = receiver === null ? null : meshOf(receiver.input);
  if (receiver === null || mesh === null || to.kind !== 'pod' || port.protocol !== 'TCP') return null;
  const identity = identityOf(sender, from, receiver.input);
  const { allowed, because } = judgeMesh(receiver.mesh, mesh, {
    identity,
    ...(from.kind === 'address' && { address: from.address }),
    to: { namespace: to.namespace, labels: to.labels },
    port: port.port,
  });
  const caller = identity === null ? null : `ns/${identity.namespace}/sa/${identity.serviceAccount}`;
  return { kind: mesh.kind, caller, allowed, because };
}

/** A tenant's pods have an identity if its plan joins the mesh, and of the platform those that the cluster names. */
function identityOf(sender: Known | null, from: End, { cluster }: TenantInput): WorkloadIdentity | null {
  if (from.kind === 'address') return null;
  const { namespace, serviceAccount } = from;
  if (sender !== null) return meshOf(sender.input) === null ? null : { namespace, serviceAccount };
  const ofPlatform = [cluster.mesh?.gatewayIdentity, cluster.mesh?.monitoringIdentity];
  return ofPlatform.find((identity) => identity?.namespace === namespace) ?? null;
}
