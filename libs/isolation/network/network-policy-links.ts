import { ascending, linkObjectName, linksOffered, linksUsed } from '../mesh/mesh-model.js';
import { NAMESPACE_NAME_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type TenantEnvironment, type TenantInput, type TenantLink } from '../model/tenant-input.js';
import { tunnelPort, waypointPods } from './mesh-network.js';
import { type NamedPolicy, tcp } from './network-policy-parts.js';

/**
 * Renders the network policies of links in one environment, for either side. They work without a mesh, down to the
 * port; in a mesh with a tunnel all ports become one, and the mesh's authorization separates them. They never rely on a
 * label that both sides share: any pod that obtained the label would be let in.
 */
export function linkPolicies(tenant: TenantInput, environment: TenantEnvironment): NamedPolicy[] {
  return [
    ...linksOffered(tenant, environment).flatMap((link) => ofProvider(tenant, link)),
    ...linksUsed(tenant, environment).map((link) => ofConsumer(tenant, link)),
  ];
}

function ofProvider(tenant: TenantInput, link: TenantLink): NamedPolicy[] {
  const tunnel = tunnelPort(tenant);
  const from = (): object[] => [{ namespaceSelector: namespaceOf(link.consumer) }];
  const policy = (part: string, podLabels: Readonly<Record<string, string>>, ports: object[]): NamedPolicy => ({
    name: linkObjectName(link, part),
    spec: {
      podSelector: { matchLabels: { ...podLabels } },
      policyTypes: ['Ingress'],
      ingress: [{ from: from(), ports }],
    },
    link,
  });
  const hasWaypoint = isAmbient(tenant) && tenant.plan.spec.mesh.waypoint;
  return [
    policy('provider', link.provider.podLabels, tunnel === null ? targetPorts(link) : [tcp(tunnel)]),
    ...(hasWaypoint && tunnel !== null ? [policy('waypoint', waypointPods(), [tcp(tunnel)])] : []),
  ];
}

/**
 * The consumer does not know whether the provider's pods use the tunnel, so it allows both; the provider allows one.
 */
function ofConsumer(tenant: TenantInput, link: TenantLink): NamedPolicy {
  const tunnel = tunnelPort(tenant);
  const peer = (podLabels: Readonly<Record<string, string>>): object => ({
    namespaceSelector: namespaceOf(link.provider),
    podSelector: { matchLabels: { ...podLabels } },
  });
  const egress = [
    { to: [peer(link.provider.podLabels)], ports: [...targetPorts(link), ...(tunnel === null ? [] : [tcp(tunnel)])] },
    ...(isAmbient(tenant) && tunnel !== null ? [{ to: [peer(waypointPods())], ports: [tcp(tunnel)] }] : []),
  ];
  const spec = { podSelector: {}, policyTypes: ['Egress'], egress };
  return { name: linkObjectName(link, 'consumer'), spec, link };
}

function namespaceOf({ tenantId, namespace }: { tenantId: string; namespace: string }): object {
  return { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace, [TENANT_ID_LABEL]: tenantId } };
}

function targetPorts({ ports }: TenantLink): object[] {
  return ascending(ports.map(({ targetPort }) => targetPort)).map(tcp);
}

function isAmbient(tenant: TenantInput): boolean {
  return tunnelPort(tenant) === 15_008;
}
