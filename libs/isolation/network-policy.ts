import { type KubernetesObject } from './kubernetes-object.js';
import { environmentLabels, EXPOSED_LABEL, KUBE_API_LABEL, NAMESPACE_NAME_LABEL, TENANT_ID_LABEL } from './labels.js';
import { addressPeers, allowedRangePeers, internetPeers } from './network-policy-egress.js';
import { type PlatformPods, type TenantEnvironment, type TenantInput } from './tenant-input.js';

/** Where NodeLocal DNSCache listens on every node (kubernetes.io, Using NodeLocal DNSCache). */
const NODE_LOCAL_DNS = '169.254.20.10';

interface Policy {
  name: string;
  spec: Record<string, unknown>;
}

const tcp = (port: number): object => ({ protocol: 'TCP', port });

/** Isolates every pod of an environment in both directions. Applied before anything that opens a way. */
export function renderDefaultDeny(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject {
  // Without explicit policyTypes a policy that has no egress rules leaves egress open.
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  return networkPolicy(tenant, environment, { name: 'tenant-default-deny', spec });
}

/** The ways that a plan opens for the pods of an environment. NetworkPolicies only add to each other. */
export function renderAllows(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const { network } = tenant.plan.spec;
  const { gateway, monitoring, apiServerEndpoints } = tenant.cluster;
  const internet = internetPeers(tenant);
  const ranges = allowedRangePeers(tenant);
  const policies = [
    allowSameTenant(tenant.id),
    allowDns(tenant.cluster.dnsServiceIps),
    network.ingressGateway && gateway !== null && allowGateway(gateway),
    network.monitoring && monitoring !== null && allowMonitoring(monitoring, monitoring.ports),
    internet.length > 0 &&
      allowTo('tenant-allow-internet', internet, network.internetEgress === 'https' ? [tcp(443)] : null),
    network.kubeApi && apiServerEndpoints.ips.length > 0 && allowKubeApi(apiServerEndpoints),
    ranges.length > 0 && allowTo('tenant-allow-cidrs', ranges, null),
  ];
  return policies.filter((policy) => policy !== false).map((policy) => networkPolicy(tenant, environment, policy));
}

function networkPolicy(tenant: TenantInput, environment: TenantEnvironment, { name, spec }: Policy): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    spec,
  };
}

function allowSameTenant(tenantId: string): Policy {
  const peers = (): object[] => [{ namespaceSelector: { matchLabels: { [TENANT_ID_LABEL]: tenantId } } }];
  const rules = { ingress: [{ from: peers() }], egress: [{ to: peers() }] };
  return {
    name: 'tenant-allow-same-tenant',
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...rules },
  };
}

/** DNS by its pods, by the node's cache and by its service address: engines differ in which of them they see. */
function allowDns(serviceIps: readonly string[]): Policy {
  const pods = peerOf({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } });
  const peers = [pods, ...addressPeers([NODE_LOCAL_DNS, ...serviceIps])];
  return allowTo('tenant-allow-dns', peers, [{ protocol: 'UDP', port: 53 }, tcp(53)]);
}

function allowGateway(gateway: PlatformPods): Policy {
  return {
    name: 'tenant-allow-ingress-gateway',
    spec: {
      podSelector: { matchLabels: { [EXPOSED_LABEL]: 'true' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [peerOf(gateway)] }],
    },
  };
}

function allowMonitoring(monitoring: PlatformPods, ports: readonly number[]): Policy | false {
  // A rule without ports would open all of them.
  if (ports.length === 0) return false;
  const ascending = [...new Set(ports)].sort((a, b) => a - b).map(tcp);
  return {
    name: 'tenant-allow-monitoring',
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [peerOf(monitoring)], ports: ascending }],
    },
  };
}

function allowKubeApi({ ips, port }: TenantInput['cluster']['apiServerEndpoints']): Policy {
  const podSelector = { matchLabels: { [KUBE_API_LABEL]: 'true' } };
  const spec = { podSelector, policyTypes: ['Egress'], egress: [{ to: addressPeers(ips), ports: [tcp(port)] }] };
  return { name: 'tenant-allow-kube-api', spec };
}

/** A way out for every pod; `ports` null: on every port. */
function allowTo(name: string, to: readonly object[], ports: readonly object[] | null): Policy {
  const egress = [ports === null ? { to } : { to, ports }];
  return { name, spec: { podSelector: {}, policyTypes: ['Egress'], egress } };
}

/**
 * Pods of the platform as a peer. Both selectors stand in one item, which means "and": as two items any pod of the
 * namespace would do, or any pod of the tenant that carries the labels.
 */
function peerOf({ namespace, podLabels }: PlatformPods): object {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    podSelector: { matchLabels: { ...podLabels } },
  };
}
