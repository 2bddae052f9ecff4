import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels, EXPOSED_LABEL, KUBE_API_LABEL, LINK_ID_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type PlatformPods, type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { meshNetworkPolicies, monitoringPorts } from './mesh-network.js';
import { addressPeers, allowedRangePeers, internetPeers } from './network-policy-egress.js';
import { linkPolicies } from './network-policy-links.js';
import { type NamedPolicy, peerOf, tcp } from './network-policy-parts.js';

/** The address of NodeLocal DNSCache on every node (kubernetes.io, Using NodeLocal DNSCache). */
export const NODE_LOCAL_DNS = '169.254.20.10';

/** Isolates every pod of an environment in both directions. Applied before anything that allows traffic. */
export function renderDefaultDeny(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject {
  // Without explicit policyTypes a policy without egress rules leaves egress open.
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  return networkPolicy(tenant, environment, { name: 'tenant-default-deny', spec });
}

/** Renders the traffic that a plan allows for the pods of an environment. NetworkPolicies only add to each other. */
export function renderAllows(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const { network } = tenant.plan.spec;
  const { gateway, monitoring, apiServerEndpoints } = tenant.cluster;
  const internet = internetPeers(tenant);
  const ranges = allowedRangePeers(tenant);
  const policies = [
    allowSameTenant(tenant.id),
    allowDns(tenant.cluster.dnsServiceIps),
    network.ingressGateway && gateway !== null && allowGateway(gateway),
    network.monitoring && monitoring !== null && allowMonitoring(tenant, monitoring),
    internet.length > 0 &&
      allowTo('tenant-allow-internet', internet, network.internetEgress === 'https' ? [tcp(443)] : null),
    network.kubeApi && apiServerEndpoints.ips.length > 0 && allowKubeApi(apiServerEndpoints),
    ranges.length > 0 && allowTo('tenant-allow-cidrs', ranges, null),
    ...furtherPolicies(tenant, environment),
  ];
  return policies.filter((policy) => policy !== false).map((policy) => networkPolicy(tenant, environment, policy));
}

/**
 * Returns the number of policies that an environment has in addition to the standard ones; quotas must leave room for
 * them.
 */
export function additionalPolicyCount(tenant: TenantInput, environment: TenantEnvironment): number {
  return furtherPolicies(tenant, environment).length;
}

function furtherPolicies(tenant: TenantInput, environment: TenantEnvironment): NamedPolicy[] {
  return [...meshNetworkPolicies(tenant), ...linkPolicies(tenant, environment)];
}

function networkPolicy(
  tenant: TenantInput,
  environment: TenantEnvironment,
  { name, spec, link }: NamedPolicy,
): KubernetesObject {
  const labels = {
    ...environmentLabels(tenant, environment),
    ...(link !== undefined && { [LINK_ID_LABEL]: link.id }),
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: environment.namespace, labels },
    spec,
  };
}

function allowSameTenant(tenantId: string): NamedPolicy {
  const peers = (): object[] => [{ namespaceSelector: { matchLabels: { [TENANT_ID_LABEL]: tenantId } } }];
  const rules = { ingress: [{ from: peers() }], egress: [{ to: peers() }] };
  return {
    name: 'tenant-allow-same-tenant',
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...rules },
  };
}

/** Allows DNS by pods, node cache and service address: network plug-ins differ in which of them they see. */
function allowDns(serviceIps: readonly string[]): NamedPolicy {
  const pods = peerOf({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } });
  const peers = [pods, ...addressPeers([NODE_LOCAL_DNS, ...serviceIps])];
  return allowTo('tenant-allow-dns', peers, [{ protocol: 'UDP', port: 53 }, tcp(53)]);
}

function allowGateway(gateway: PlatformPods): NamedPolicy {
  return {
    name: 'tenant-allow-ingress-gateway',
    spec: {
      podSelector: { matchLabels: { [EXPOSED_LABEL]: 'true' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [peerOf(gateway)] }],
    },
  };
}

function allowMonitoring(
  tenant: TenantInput,
  monitoring: PlatformPods & { ports: readonly number[] },
): NamedPolicy | false {
  const ports = monitoringPorts(tenant, monitoring.ports).map(tcp);
  // A rule without ports would open all of them.
  if (ports.length === 0) return false;
  return {
    name: 'tenant-allow-monitoring',
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [peerOf(monitoring)], ports }],
    },
  };
}

function allowKubeApi({ ips, port }: TenantInput['cluster']['apiServerEndpoints']): NamedPolicy {
  const podSelector = { matchLabels: { [KUBE_API_LABEL]: 'true' } };
  const spec = { podSelector, policyTypes: ['Egress'], egress: [{ to: addressPeers(ips), ports: [tcp(port)] }] };
  return { name: 'tenant-allow-kube-api', spec };
}

/** Allows egress for every pod; `ports` null: on every port. */
function allowTo(name: string, to: readonly object[], ports: readonly object[] | null): NamedPolicy {
  const egress = [ports === null ? { to } : { to, ports }];
  return { name, spec: { podSelector: {}, policyTypes: ['Egress'], egress } };
}
