import { EXPOSED_LABEL, KUBE_API_LABEL } from '../model/labels.js';
import { type NetworkRule } from '../model/network-rule.js';
import {
  type ClusterFacts,
  type PlatformPods,
  type TenantEnvironment,
  type TenantLink,
} from '../model/tenant-input.js';
import { type AddressEndpoint, type PodEndpoint } from './endpoint.js';
import { type Place } from './open-paths.js';

/** Addresses at which clouds give machines their identity and credentials; the first also by NAT64 and by 6to4. */
const METADATA_ADDRESSES = [
  '169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fd00:ec2::254',
  '168.63.129.16',
  '100.100.100.200',
];
const NODE_LOCAL_DNS = '169.254.20.10';
/** Addresses of a.root-servers.net: public, and not of any customer. Nothing is ever sent to them. */
const INTERNET = ['198.41.0.4', '2001:503:ba3e::2:30'];

/** Most label sets, and most addresses, of a tenant's network rules that are shown. */
const MOST_OF_RULES = 50;

const AMBIENT_PROBES = '169.254.7.127';

/** The id of the place for a namespace that belongs to no tenant. */
const UNLABELLED = 'unlabelled-namespace';

/**
 * Returns the place of a tenant: one pod of each kind that policies distinguish for every environment, the pods
 * behind its links, and those that its network rules select.
 */
export function tenantPlace(
  tenant: {
    id: string;
    slug: string;
    environments: readonly TenantEnvironment[];
    links?: readonly TenantLink[];
    networkRules?: readonly NetworkRule[];
  },
  cluster: ClusterFacts,
): Place {
  const pod = (
    environment: TenantEnvironment,
    title: string,
    labels: Readonly<Record<string, string>>,
  ): PodEndpoint => ({
    kind: 'pod',
    name: title,
    namespace: environment.namespace,
    labels,
    addresses: cluster.podCidrs,
  });
  const offered = (tenant.links ?? []).filter(({ provider }) => provider.tenantId === tenant.id);
  const services = new Map(offered.map(({ provider }) => [JSON.stringify(provider), provider]));
  const selected = selectedLabels(tenant.networkRules ?? []);
  const endpoints = tenant.environments.flatMap((environment) => [
    pod(environment, 'pod', {}),
    pod(environment, `pod with ${EXPOSED_LABEL}=true`, { [EXPOSED_LABEL]: 'true' }),
    pod(environment, `pod with ${KUBE_API_LABEL}=true`, { [KUBE_API_LABEL]: 'true' }),
    pod(environment, 'pod with k8s-app=kube-dns', { 'k8s-app': 'kube-dns' }),
    ...[...services.values()]
      .filter(({ namespace }) => namespace === environment.namespace)
      .map(({ service, podLabels }) => pod(environment, `pod of the Service ${service}`, podLabels)),
    ...selected.map((labels) => pod(environment, `pod with ${labelsText(labels)}`, labels)),
  ]);
  return { id: tenant.id, label: tenant.slug, kind: 'tenant', endpoints };
}

/** Returns the first address of each range that network rules of a tenant name; null if there is none. */
export function ruleAddresses({ networkRules = [] }: { networkRules?: readonly NetworkRule[] }): Place | null {
  const ranges = networkRules.flatMap(({ cidrs, except }) => [...cidrs, ...except]);
  const addresses = [...new Set(ranges.map(someAddress))].slice(0, MOST_OF_RULES);
  if (addresses.length === 0) return null;
  const endpoints = addresses.map((address): AddressEndpoint => ({ kind: 'address', name: address, address }));
  return { id: 'rule-addresses', label: 'addresses of network rules', kind: 'outside', endpoints };
}

/** Returns the labels of pods that rules select, each once. */
function selectedLabels(rules: readonly NetworkRule[]): NetworkRule['podLabels'][] {
  const selecting = rules.filter(({ podLabels }) => Object.keys(podLabels).length > 0);
  const distinct = new Map(selecting.map(({ podLabels }) => [labelsText(podLabels), podLabels]));
  return [...distinct.values()].slice(0, MOST_OF_RULES);
}

function labelsText(labels: NetworkRule['podLabels']): string {
  return Object.entries(labels)
    .map((label) => label.join('='))
    .sort()
    .join(', ');
}

/** Returns the places in and around a cluster that are not tenants. */
export function platformPlaces(cluster: ClusterFacts): Place[] {
  const { gateway, monitoring, nodeCidrs, apiServerEndpoints, dnsServiceIps } = cluster;
  const pod = (name: string, namespace: string, labels: Readonly<Record<string, string>>): PodEndpoint => ({
    kind: 'pod',
    name,
    namespace,
    labels,
    addresses: cluster.podCidrs,
  });
  const pods = (id: string, label: string, endpoint: PodEndpoint): Place => ({
    id,
    label,
    kind: 'platform',
    endpoints: [endpoint],
  });
  const ofPlatform = (id: string, label: string, known: PlatformPods | null): Place[] => {
    return known === null ? [] : [pods(id, label, pod(label, known.namespace, known.podLabels))];
  };
  const outside = (id: string, label: string, addresses: readonly string[]): Place[] => {
    const endpoints = addresses.map((address): AddressEndpoint => ({ kind: 'address', name: address, address }));
    return endpoints.length === 0 ? [] : [{ id, label, kind: 'outside', endpoints }];
  };
  return [
    pods('dns', 'DNS pod', pod('DNS pod', 'kube-system', { 'k8s-app': 'kube-dns' })),
    pods('kube-system', 'other pod of kube-system', pod('other pod of kube-system', 'kube-system', {})),
    ...ofPlatform('gateway', 'ingress gateway', gateway),
    ...(gateway === null
      ? []
      : [pods('gateway-namespace', 'other pod in the gateway namespace', pod('other pod', gateway.namespace, {}))]),
    ...ofPlatform('monitoring', 'monitoring', monitoring),
    ...ofMesh(cluster),
    pods(UNLABELLED, 'namespace of no tenant', pod('pod', UNLABELLED, {})),
    ...outside('dns-addresses', 'DNS addresses', [NODE_LOCAL_DNS, ...dnsServiceIps]),
    ...outside('api-server', 'API server', apiServerEndpoints.ips),
    ...outside('nodes', 'nodes', nodeCidrs.map(someAddress)),
    ...outside('metadata', 'cloud metadata', METADATA_ADDRESSES),
    ...outside('internet', 'internet', INTERNET),
  ];
}

/** Returns the mesh's control plane, and in an ambient mesh the source of kubelet probes (Istio, NetworkPolicy). */
function ofMesh({ mesh, podCidrs }: ClusterFacts): Place[] {
  if (!mesh) return [];
  const parts =
    mesh.kind === 'linkerd'
      ? ['identity', 'destination'].map((name) => ({ 'linkerd.io/control-plane-component': name }))
      : [{ app: 'istiod' }];
  const title = 'mesh control plane';
  const endpoints = parts.map((labels): PodEndpoint => {
    return { kind: 'pod', name: title, namespace: mesh.controlPlaneNamespace, labels, addresses: podCidrs };
  });
  const probes: Place = {
    id: 'mesh-probes',
    label: 'mesh probes',
    kind: 'outside',
    endpoints: [{ kind: 'address', name: AMBIENT_PROBES, address: AMBIENT_PROBES }],
  };
  return [
    { id: 'mesh-control-plane', label: title, kind: 'platform', endpoints },
    ...(mesh.kind === 'istio-ambient' ? [probes] : []),
  ];
}

/** Returns the first address of a range, as a representative of all. */
function someAddress(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}
