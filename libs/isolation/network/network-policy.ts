import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels, EXPOSED_LABEL, KUBE_API_LABEL, LINK_ID_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type PlatformPods, type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { meshNetworkPolicies, monitoringPorts } from './mesh-network.js';
import { addressPeers } from './network-policy-egress.js';
import { linkPolicies } from './network-policy-links.js';
import { type NamedPolicy, peerOf, tcp } from './network-policy-parts.js';
import { rulePolicies, rulesOfEveryPod } from './rule-policies.js';

/** The address of NodeLocal DNSCache on every node (kubernetes.io, Using NodeLocal DNSCache). */
export const NODE_LOCAL_DNS = '169.254.20.10';

/** Isolates every pod of an environment in both directions. Applied before anything that allows traffic. */
export function renderDefaultDeny(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject {
  // Without explicit policyTypes a policy without egress rules leaves egress open.
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  return networkPolicy(tenant, environment, { name: 'tenant-default-deny', spec });
}

/**
 * Renders the traffic that a plan allows for the pods of an environment: what every pod may do in one policy, and apart
 * from it what only some pods may do. NetworkPolicies only add to each other.
 */
export function renderAllows(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const { network } = tenant.plan.spec;
  const { gateway, apiServerEndpoints } = tenant.cluster;
  const policies = [
    allowEveryPod(tenant, environment),
    network.ingressGateway && gateway !== null && allowGateway(gateway),
    network.kubeApi && apiServerEndpoints.ips.length > 0 && allowKubeApi(apiServerEndpoints),
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
  return [...rulePolicies(tenant, environment), ...meshNetworkPolicies(tenant), ...linkPolicies(tenant, environment)];
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

/**
 * Allows what the plan and network rules open for every pod. It is one object, so that one write changes all of it and one deletion cuts
 * the tenant off.
 */
function allowEveryPod(tenant: TenantInput, environment: TenantEnvironment): NamedPolicy {
  const sameTenant = (): object[] => [{ namespaceSelector: { matchLabels: { [TENANT_ID_LABEL]: tenant.id } } }];
  const ingress = [
    { from: sameTenant() },
    ...fromMonitoring(tenant),
    ...rulesOfEveryPod(tenant, environment, 'ingress'),
  ];
  const egress = [
    { to: sameTenant() },
    { to: dnsPeers(tenant.cluster.dnsServiceIps), ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
    ...rulesOfEveryPod(tenant, environment, 'egress'),
  ];
  return { name: 'tenant-allow', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress, egress } };
}

/** Returns DNS by pods, node cache and service address: network plug-ins differ in which of them they see. */
function dnsPeers(serviceIps: readonly string[]): object[] {
  const pods = peerOf({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } });
  return [pods, ...addressPeers([NODE_LOCAL_DNS, ...serviceIps])];
}

function fromMonitoring(tenant: TenantInput): object[] {
  const { monitoring } = tenant.cluster;
  if (!tenant.plan.spec.network.monitoring || monitoring === null) return [];
  const ports = monitoringPorts(tenant, monitoring.ports).map(tcp);
  // A rule without ports would open all of them.
  return ports.length === 0 ? [] : [{ from: [peerOf(monitoring)], ports }];
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

function allowKubeApi({ ips, port }: TenantInput['cluster']['apiServerEndpoints']): NamedPolicy {
  const podSelector = { matchLabels: { [KUBE_API_LABEL]: 'true' } };
  const spec = { podSelector, policyTypes: ['Egress'], egress: [{ to: addressPeers(ips), ports: [tcp(port)] }] };
  return { name: 'tenant-allow-kube-api', spec };
}
