import { type KubernetesObject } from '../kubernetes-object.js';
import { renderNetwork } from '../object-set.js';
import { type TenantInput } from '../tenant-input.js';
import { type Endpoint, type Port } from '../verdict/endpoint.js';
import { judge } from '../verdict/judge.js';
import { samplePorts } from '../verdict/named-ports.js';
import { type Place } from '../verdict/open-links.js';
import { Policies } from '../verdict/policies.js';
import { platformPlaces, tenantPlace } from '../verdict/rendered-places.js';

/** Whether traffic passes the tenant's side of a way: as the plan says, and as the objects in the cluster say. */
export interface NetworkAnswer {
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  port: Port;
  wanted: boolean;
  found: boolean;
}

/** A tenant beside whom one is judged when there is no other. */
const madeUp = { id: 'tenant_another', slug: 'another', environments: [{ name: 'main', namespace: 'tn-another' }] };

/**
 * Judges a tenant's pods by the objects that stand in the cluster, and holds that against what is rendered. Only the
 * tenant's own side of each way is judged: a good policy of the other side would hide a bad one of this.
 * @param live the Namespaces and NetworkPolicies of the tenant as they stand
 * @param neighbour whose pods must be kept out; null: of a tenant that is made up
 * @returns ways within the tenant and to what is no tenant, and ways to and from the other tenant
 */
export function networkAnswers(
  tenant: TenantInput,
  live: readonly KubernetesObject[],
  neighbour: TenantInput | null,
): { planned: NetworkAnswer[]; crossing: NetworkAnswer[] } {
  const other = neighbour ?? { ...tenant, ...madeUp, restriction: undefined };
  const others = renderNetwork(other);
  const wanted = Policies.read([...renderNetwork(tenant), ...others]);
  const found = Policies.read([...live, ...others]);
  // Whatever stands beside what is wanted may speak of further ports.
  const ports = [...samplePorts(wanted).ports, ...samplePorts(found).ports].filter(
    ({ protocol, port }, index, all) =>
      all.findIndex((each) => each.protocol === protocol && each.port === port) === index,
  );
  const own = tenantPlace(tenant, tenant.cluster);
  const ask = (place: Place): NetworkAnswer[] =>
    own.endpoints.flatMap((mine) =>
      place.endpoints.flatMap((theirs) => ports.flatMap((port) => bothSides({ wanted, found }, mine, theirs, port))),
    );
  return {
    planned: [own, ...platformPlaces(tenant.cluster)].flatMap(ask),
    crossing: ask(tenantPlace(other, other.cluster)),
  };
}

/**
 * Whether what lies behind metadata addresses stays closed to the tenant when a policy in its namespaces opens
 * everything, and the internet does not.
 * @param live the Namespaces and NetworkPolicies of the tenant, and the guardrail, as they stand
 */
export function guardrailAnswers(tenant: TenantInput, live: readonly KubernetesObject[]): NetworkAnswer[] {
  const opening = tenant.environments.map(({ namespace }): KubernetesObject => {
    const spec = { podSelector: {}, policyTypes: ['Egress'], egress: [{}] };
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'opens-all', namespace },
      spec,
    };
  });
  const found = Policies.read([...live, ...opening]);
  const port: Port = { protocol: 'TCP', port: 80 };
  const places = platformPlaces(tenant.cluster).filter(({ id }) => id === 'metadata' || id === 'internet');
  return tenantPlace(tenant, tenant.cluster).endpoints.flatMap((mine) =>
    places.flatMap(({ id, endpoints }) =>
      endpoints.map((theirs): NetworkAnswer => {
        const names = { from: titleOf(mine), to: titleOf(theirs) };
        const { allowed } = judge(found, mine, theirs, port).egress;
        return { direction: 'outbound', ...names, port, wanted: id === 'internet', found: allowed };
      }),
    ),
  );
}

function bothSides(
  { wanted, found }: { wanted: Policies; found: Policies },
  mine: Endpoint,
  other: Endpoint,
  port: Port,
): NetworkAnswer[] {
  // Two pods that are alike, not one pod and itself.
  const theirs = other === mine ? { ...other } : other;
  const names = { mine: titleOf(mine), theirs: titleOf(theirs) };
  return [
    {
      ...{ direction: 'outbound', from: names.mine, to: names.theirs, port },
      wanted: judge(wanted, mine, theirs, port).egress.allowed,
      found: judge(found, mine, theirs, port).egress.allowed,
    },
    {
      ...{ direction: 'inbound', from: names.theirs, to: names.mine, port },
      wanted: judge(wanted, theirs, mine, port).ingress.allowed,
      found: judge(found, theirs, mine, port).ingress.allowed,
    },
  ];
}

function titleOf(endpoint: Endpoint): string {
  return endpoint.kind === 'pod' ? `${endpoint.name} in ${endpoint.namespace}` : endpoint.address;
}
