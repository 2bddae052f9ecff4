import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type TenantInput } from '../model/tenant-input.js';
import { renderNetwork } from '../render/object-set.js';
import { type Endpoint, type PodEndpoint, type Port } from '../verdict/endpoint.js';
import { judge } from '../verdict/judge.js';
import { linkFor } from '../verdict/link-paths.js';
import { samplePorts } from '../verdict/named-ports.js';
import { type Place } from '../verdict/open-paths.js';
import { Policies } from '../verdict/policies.js';
import { platformPlaces, ruleAddresses, tenantPlace } from '../verdict/rendered-places.js';

/** Whether traffic passes the tenant's side of a connection: by the plan, and by the objects in the cluster. */
export interface NetworkAnswer {
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  port: Port;
  wanted: boolean;
  found: boolean;
  /** The id of the link that makes it desired; null: it needs no link, or is not desired. */
  link: string | null;
}

/** The other tenant to judge against if there is none. */
const madeUp = { id: 'tenant_another', slug: 'another', environments: [{ name: 'main', namespace: 'tn-another' }] };

/**
 * Judges a tenant's pods by the objects in the cluster, and compares that with the object set. Only the tenant's own
 * side of each connection is judged: a correct policy of the other side would hide a wrong one.
 * @param live the Namespaces and NetworkPolicies of the tenant in the cluster
 * @param others the tenants whose pods must be kept out except for links; empty: a made-up tenant
 * @returns connections within the tenant and with everything that is not a tenant, and connections with other tenants
 */
export function networkAnswers(
  tenant: TenantInput,
  live: readonly KubernetesObject[],
  others: readonly TenantInput[],
): { planned: NetworkAnswer[]; crossing: NetworkAnswer[] } {
  const strangers = others.length > 0 ? others : [{ ...tenant, ...madeUp, links: [], restriction: undefined }];
  const theirs = strangers.flatMap(renderNetwork);
  const wanted = Policies.read([...renderNetwork(tenant), ...theirs]);
  const found = Policies.read([...live, ...theirs]);
  // Other objects in the cluster can name further ports.
  const ports = [...samplePorts(wanted).ports, ...samplePorts(found).ports].filter(
    ({ protocol, port }, index, all) =>
      all.findIndex((each) => each.protocol === protocol && each.port === port) === index,
  );
  const own = tenantPlace(tenant, tenant.cluster);
  const ask = (place: Place, expect: Expect, more: readonly Endpoint[] = []): NetworkAnswer[] =>
    [...own.endpoints, ...more].flatMap((mine) =>
      place.endpoints.flatMap((other) => ports.flatMap((port) => bothSides({ found, expect }, mine, other, port))),
    );
  const asRendered: Expect = (direction, [from, to], port) => {
    return { wanted: sideOf(wanted, direction, [from, to], port), link: null };
  };
  // Expectations for links do not come from the object set, which can itself be wrong: nothing more is allowed than
  // without links, except what they name.
  const unlinked = Policies.read([...renderNetwork({ ...tenant, links: [] }), ...theirs]);
  const asLinked: Expect = (direction, ends, port) => {
    const link = linkFor(tenant, ends, port, direction)?.id ?? null;
    return { wanted: link !== null || sideOf(unlinked, direction, ends, port), link };
  };
  return {
    planned: [own, ...platformPlaces(tenant.cluster), allowedAddresses(tenant), ruleAddresses(tenant)].flatMap(
      (place) => (place === null ? [] : ask(place, asRendered)),
    ),
    crossing: strangers.flatMap((stranger) => {
      return ask(tenantPlace(stranger, stranger.cluster), asLinked, selectedPods(own, live));
    }),
  };
}

/** Returns the first address of each range that the plan allows egress to. */
function allowedAddresses({ plan }: TenantInput): Place {
  const addresses = plan.spec.network.allowCidrs.map((cidr) => cidr.replace(/\/.*/, ''));
  const endpoints = addresses.map((address): Endpoint => ({ kind: 'address', name: address, address }));
  return { id: 'allowed-addresses', label: 'addresses allowed by the plan', kind: 'outside', endpoints };
}

/**
 * Judges whether metadata addresses stay closed to the tenant, and the internet open, when a policy in its namespaces
 * allows everything.
 * @param live the Namespaces and NetworkPolicies of the tenant, and the guardrail, in the cluster
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
        return { direction: 'outbound', ...names, port, wanted: id === 'internet', found: allowed, link: null };
      }),
    ),
  );
}

/** The maximum number of label sets to try, in addition to the known ones. */
const MAX_SELECTED = 50;

/**
 * Returns pods that policies in the tenant's namespaces select and that are not among the known ones: after a link has
 * ended, only leftover policies show which pods it opened.
 */
function selectedPods({ endpoints }: Place, live: readonly KubernetesObject[]): PodEndpoint[] {
  const known = new Set(endpoints.map((each) => (each.kind === 'pod' ? podKey(each) : '')));
  const addresses = endpoints.flatMap((each) => (each.kind === 'pod' ? each.addresses : []));
  const pods = live.flatMap(({ kind, metadata: { namespace = '' }, spec }): PodEndpoint[] => {
    if (kind !== 'NetworkPolicy') return [];
    const { podSelector } = spec as { podSelector?: { matchLabels?: Record<string, string> } };
    const labels = podSelector?.matchLabels ?? {};
    const name = `pod with ${Object.entries(labels)
      .map((label) => label.join('='))
      .join(', ')}`;
    return [{ kind: 'pod', name, namespace, labels, addresses: [...new Set(addresses)] }];
  });
  const distinct = new Map(pods.map((pod) => [podKey(pod), pod]));
  return [...distinct].flatMap(([key, pod]) => (known.has(key) ? [] : [pod])).slice(0, MAX_SELECTED);
}

function podKey({ namespace, labels }: PodEndpoint): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()]);
}

type Direction = NetworkAnswer['direction'];
type Ends = readonly [from: Endpoint, to: Endpoint];
/** Returns the expected result for the tenant's side of a connection. */
type Expect = (direction: Direction, ends: Ends, port: Port) => Pick<NetworkAnswer, 'wanted' | 'link'>;

function bothSides(
  { found, expect }: { found: Policies; expect: Expect },
  mine: Endpoint,
  other: Endpoint,
  port: Port,
): NetworkAnswer[] {
  // Two identical pods, not one pod and itself.
  const theirs = other === mine ? { ...other } : other;
  const connections: [Direction, Ends][] = [
    ['outbound', [mine, theirs]],
    ['inbound', [theirs, mine]],
  ];
  return connections.map(([direction, ends]) => ({
    direction,
    from: titleOf(ends[0]),
    to: titleOf(ends[1]),
    port,
    ...expect(direction, ends, port),
    found: sideOf(found, direction, ends, port),
  }));
}

function sideOf(policies: Policies, direction: Direction, [from, to]: Ends, port: Port): boolean {
  return judge(policies, from, to, port)[direction === 'outbound' ? 'egress' : 'ingress'].allowed;
}

function titleOf(endpoint: Endpoint): string {
  return endpoint.kind === 'pod' ? `${endpoint.name} in ${endpoint.namespace}` : endpoint.address;
}
