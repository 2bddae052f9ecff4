import {
  type ClusterFacts,
  type KubernetesObject,
  type OpenPath,
  openPaths,
  platformPlaces,
  Policies,
  type Port,
  renderGuardrail,
  renderMeshPolicies,
  portsOfLink,
  renderNetwork,
  ruleAddresses,
  samplePorts,
  type TenantInput,
  tenantPlace,
  type TenantPaths,
  tenantPaths,
  tunnelPort,
  type Path,
  pathsOverLink,
} from '#isolation';
import { type PlacedTenant } from '#tenancy';

/** A tenant whose cluster facts are known. */
export type KnownTenant = PlacedTenant & { clusterFacts: ClusterFacts };

/** A reachability question about all tenants, or about one of them. */
export interface ReachabilityQuestion {
  tenants: readonly KnownTenant[];
  /** Null for all. */
  tenantId: string | null;
}

/** A place without its endpoints. */
export interface NamedPlace {
  id: string;
  label: string;
  kind: 'tenant' | 'platform' | 'outside';
}

/** A tenant whose objects cannot be computed, so that nothing is known about its paths. */
export interface LeftOut {
  id: string;
  slug: string;
  reason: string;
}

/** An open path and the links that explain it; empty if links do not explain all of it. */
export type NamedPath = OpenPath & { becauseOf: string[] };

export interface Matrix {
  places: NamedPlace[];
  leftOut: LeftOut[];
  ports: Port[];
  links: NamedPath[];
}

/** A link of the tenant and the paths that it opens. */
export interface LinkPaths {
  id: string;
  /** `outbound` if the tenant is the consumer. */
  direction: 'outbound' | 'inbound';
  /** The other tenant. */
  tenantId: string;
  ways: Path[];
}

export interface TenantReachability extends TenantPaths {
  links: LinkPaths[];
  leftOut: LeftOut[];
  tenant: { id: string; slug: string; generation: number };
  ports: Port[];
  /** Number of other tenants. */
  others: number;
  /** Mesh policies that restrict paths in addition to network policies; null if the tenant is in no mesh. */
  mesh: MeshRestriction | null;
}

/** Mesh policies, as `Kind namespace/name`, and the tunnel port that stands for all other ports. */
export interface MeshRestriction {
  kind: string;
  objects: string[];
  tunnelPort: number | null;
}

/**
 * Computes the answer from the object sets of the tenants. Slow for many tenants.
 * @returns the tenant in question as `LeftOut` if its own objects cannot be computed
 */
export function reachability({
  tenants: asked,
  tenantId,
}: ReachabilityQuestion): Matrix | TenantReachability | LeftOut {
  const [first] = asked;
  const { tenants, objects, leftOut } = rendered(asked);
  const unknown = leftOut.find(({ id }) => id === tenantId);
  if (unknown !== undefined) return unknown;
  const policies = Policies.read([...(first === undefined ? [] : renderGuardrail(first.clusterFacts)), ...objects]);
  const platform = first === undefined ? [] : platformPlaces(first.clusterFacts);
  const places = [...tenants.map((tenant) => tenantPlace(tenant, tenant.clusterFacts)), ...platform];
  const { ports } = samplePorts(policies);
  const tenant = tenants.find((each) => each.id === tenantId);
  const own = places.find(({ id }) => id === tenantId);
  if (tenant !== undefined && own !== undefined) {
    const { id, slug, generation } = tenant;
    const ofRules = ruleAddresses(tenant);
    const answer = tenantPaths(policies, own, ofRules === null ? places : [...places, ofRules], ports);
    const mesh = meshHold({ ...tenant, cluster: tenant.clusterFacts });
    const linkWays = tenant.links.map((link): LinkPaths => {
      const isConsumer = link.consumer.tenantId === id;
      return {
        id: link.id,
        direction: isConsumer ? 'outbound' : 'inbound',
        tenantId: (isConsumer ? link.provider : link.consumer).tenantId,
        ways: pathsOverLink(policies, link, places, ports),
      };
    });
    const others = tenants.length - 1;
    return { tenant: { id, slug, generation }, ports, others, mesh, ...answer, links: linkWays, leftOut };
  }
  // No tenant object decides the traffic between two platform places.
  const ids = new Set(tenants.map(({ id }) => id));
  const open = openPaths(policies, places, ports).links.filter(({ from, to }) => ids.has(from) || ids.has(to));
  const links = open.map((way) => ({ ...way, becauseOf: becauseOf(way, tenants) }));
  return { places: places.map(({ id, label, kind }) => ({ id, label, kind })), ports, links, leftOut };
}

/** The network objects of the tenants for which they can be computed, and the other tenants. */
function rendered(asked: readonly KnownTenant[]): {
  tenants: KnownTenant[];
  objects: KubernetesObject[];
  leftOut: LeftOut[];
} {
  const [tenants, objects, leftOut]: [KnownTenant[], KubernetesObject[], LeftOut[]] = [[], [], []];
  for (const tenant of asked) {
    try {
      const own = renderNetwork({ ...tenant, cluster: tenant.clusterFacts });
      Policies.read(own);
      tenantPlace(tenant, tenant.clusterFacts);
      objects.push(...own);
      tenants.push(tenant);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      leftOut.push({ id: tenant.id, slug: tenant.slug, reason });
    }
  }
  return { tenants, objects, leftOut };
}

function meshHold(tenant: TenantInput): MeshRestriction | null {
  const objects = renderMeshPolicies(tenant).map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
  );
  const { mesh } = tenant.cluster;
  return objects.length === 0 || !mesh ? null : { kind: mesh.kind, objects, tunnelPort: tunnelPort(tenant) };
}

/** Returns the links that explain a path between two tenants; empty if they do not explain all of it. */
function becauseOf({ from, to, ports }: OpenPath, tenants: readonly KnownTenant[]): string[] {
  const consumer = tenants.find(({ id }) => id === from);
  if (consumer === undefined || from === to) return [];
  const links = consumer.links.filter((link) => link.consumer.tenantId === from && link.provider.tenantId === to);
  const opened = links.flatMap((link) => portsOfLink({ ...consumer, cluster: consumer.clusterFacts }, link));
  const isAll = ports.every(({ protocol, port }) => protocol === 'TCP' && opened.includes(port));
  return isAll ? links.map(({ id }) => id) : [];
}
