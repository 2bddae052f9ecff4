import {
  type ClusterFacts,
  type OpenLink,
  openLinks,
  platformPlaces,
  Policies,
  type Port,
  renderGuardrail,
  renderMeshPolicies,
  portsOfLink,
  renderNetwork,
  samplePorts,
  type TenantInput,
  tenantPlace,
  type TenantWays,
  tenantWays,
  tunnelPort,
  type Way,
  waysOverLink,
} from '#isolation';
import { type PlacedTenant } from '#tenancy';

/** A tenant of one cluster, of which the facts are known. */
export type KnownTenant = PlacedTenant & { clusterFacts: ClusterFacts };

/** What is asked: about all tenants, or about one of them. */
export interface ReachabilityQuestion {
  tenants: readonly KnownTenant[];
  /** Null: all. */
  tenantId: string | null;
}

/** A place without its endpoints. */
export interface NamedPlace {
  id: string;
  label: string;
  kind: 'tenant' | 'platform' | 'outside';
}

/** A way that is open, and the links because of which it is; none: no link accounts for all of it. */
export type NamedWay = OpenLink & { becauseOf: string[] };

export interface Matrix {
  places: NamedPlace[];
  ports: Port[];
  links: NamedWay[];
}

/** A link that the tenant is on one side of, and the ways that it opens. */
export interface LinkWays {
  id: string;
  /** `outbound`: the tenant is the consumer. */
  direction: 'outbound' | 'inbound';
  /** The other tenant. */
  tenantId: string;
  ways: Way[];
}

export interface TenantReachability extends TenantWays {
  links: LinkWays[];
  tenant: { id: string; slug: string; generation: number };
  ports: Port[];
  /** How many other tenants there are. */
  others: number;
  /** What holds the ways in the tenant's mesh beside network policies; null: it is in none. */
  mesh: MeshHold | null;
}

/** Objects of a mesh that decide as well, as `Kind namespace/name`, and the port that stands for all others. */
export interface MeshHold {
  kind: string;
  objects: string[];
  tunnelPort: number | null;
}

/** Computes the answer from what Bulkhead renders for the tenants. Slow for many of them. */
export function reachability({ tenants, tenantId }: ReachabilityQuestion): Matrix | TenantReachability {
  const [first] = tenants;
  const policies = Policies.read([
    ...(first === undefined ? [] : renderGuardrail(first.clusterFacts)),
    ...tenants.flatMap((tenant) => renderNetwork({ ...tenant, cluster: tenant.clusterFacts })),
  ]);
  const platform = first === undefined ? [] : platformPlaces(first.clusterFacts);
  const places = [...tenants.map((tenant) => tenantPlace(tenant, tenant.clusterFacts)), ...platform];
  const { ports } = samplePorts(policies);
  const tenant = tenants.find((each) => each.id === tenantId);
  const own = places.find(({ id }) => id === tenantId);
  if (tenant !== undefined && own !== undefined) {
    const { id, slug, generation } = tenant;
    const answer = tenantWays(policies, own, places, ports);
    const mesh = meshHold({ ...tenant, cluster: tenant.clusterFacts });
    const linkWays = tenant.links.map((link): LinkWays => {
      const isConsumer = link.consumer.tenantId === id;
      return {
        ...{ id: link.id, direction: isConsumer ? 'outbound' : 'inbound' },
        tenantId: (isConsumer ? link.provider : link.consumer).tenantId,
        ways: waysOverLink(policies, link, places, ports),
      };
    });
    return { tenant: { id, slug, generation }, ports, others: tenants.length - 1, mesh, ...answer, links: linkWays };
  }
  // What is between two places of the platform, no object of a tenant decides.
  const ids = new Set(tenants.map(({ id }) => id));
  const open = openLinks(policies, places, ports).links.filter(({ from, to }) => ids.has(from) || ids.has(to));
  const links = open.map((way) => ({ ...way, becauseOf: becauseOf(way, tenants) }));
  return { places: places.map(({ id, label, kind }) => ({ id, label, kind })), ports, links };
}

function meshHold(tenant: TenantInput): MeshHold | null {
  const objects = renderMeshPolicies(tenant).map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
  );
  const { mesh } = tenant.cluster;
  return objects.length === 0 || !mesh ? null : { kind: mesh.kind, objects, tunnelPort: tunnelPort(tenant) };
}

/** The links that account for a way between two tenants; none when something is open that they do not. */
function becauseOf({ from, to, ports }: OpenLink, tenants: readonly KnownTenant[]): string[] {
  const consumer = tenants.find(({ id }) => id === from);
  if (consumer === undefined || from === to) return [];
  const links = consumer.links.filter((link) => link.consumer.tenantId === from && link.provider.tenantId === to);
  const opened = links.flatMap((link) => portsOfLink({ ...consumer, cluster: consumer.clusterFacts }, link));
  const isAll = ports.every(({ protocol, port }) => protocol === 'TCP' && opened.includes(port));
  return isAll ? links.map(({ id }) => id) : [];
}
