import { WAYPOINT } from '../mesh/istio-ambient.js';
import { PROXY_ADMIN_PORT } from '../mesh/linkerd-servers.js';
import { ascending, meshOf } from '../mesh/mesh-model.js';
import { type MeshFacts, type TenantInput } from '../model/tenant-input.js';
import { type NamedPolicy, peerOf, tcp } from './network-policy-parts.js';

/**
 * The port on which pods of a mesh take what other pods of it send, whatever port of theirs that is for; null: each
 * its own, as without a mesh. Of Linkerd as it comes (`outboundTransportMode: transport-header`).
 */
export function tunnelPort(tenant: Pick<TenantInput, 'cluster' | 'plan'>): number | null {
  switch (meshOf(tenant)?.kind) {
    case 'istio-ambient':
      return 15_008;
    case 'linkerd':
      return 4143;
    case 'istio-sidecar':
    case undefined:
      return null;
  }
}

/** The labels that Istio gives to the pods of the waypoint. */
export const waypointPods = (): Record<string, string> => ({ 'gateway.networking.k8s.io/gateway-name': WAYPOINT });

/** The ports on which the metrics collector finds the tenant's pods, their proxies included. */
export function monitoringPorts(tenant: TenantInput, ports: readonly number[]): number[] {
  const mesh = meshOf(tenant);
  if (mesh === null) return ascending(ports);
  // In a tunnel the collector comes by its own identity, and authorization tells which ports it may go on to.
  const tunnel = mesh.monitoringIdentity === null ? null : tunnelPort(tenant);
  return ascending([...ports, ...proxyMetricsPorts(mesh), ...(tunnel === null ? [] : [tunnel])]);
}

/** Of Envoy the merged metrics and its own, which no authorization of the mesh holds; of Linkerd its own. */
function proxyMetricsPorts({ kind }: MeshFacts): number[] {
  switch (kind) {
    case 'istio-sidecar':
      return [15_020, 15_090];
    case 'istio-ambient':
      return [15_020];
    case 'linkerd':
      return [PROXY_ADMIN_PORT];
  }
}

/** The ways that proxies need for themselves: to the control plane that tells them what to do, and from kubelets. */
export function meshNetworkPolicies(tenant: TenantInput): NamedPolicy[] {
  const mesh = meshOf(tenant);
  switch (mesh?.kind) {
    case undefined:
      return [];
    case 'istio-sidecar':
      return [toControlPlane({}, [[mesh, { app: 'istiod' }, [15_012]]])];
    case 'istio-ambient': {
      // Nodes' proxies speak for pods; of the tenant's own only a waypoint needs instructions.
      const { waypoint } = tenant.plan.spec.mesh;
      const selector = { matchLabels: waypointPods() };
      return [...(waypoint ? [toControlPlane(selector, [[mesh, { app: 'istiod' }, [15_012]]])] : []), fromProbes()];
    }
    case 'linkerd': {
      const component = (name: string): Record<string, string> => ({ 'linkerd.io/control-plane-component': name });
      return [
        toControlPlane({}, [
          [mesh, component('identity'), [8080]],
          [mesh, component('destination'), [8086, 8090]],
        ]),
      ];
    }
  }
}

type ControlPlanePart = readonly [mesh: MeshFacts, podLabels: Record<string, string>, ports: readonly number[]];

function toControlPlane(podSelector: object, parts: readonly ControlPlanePart[]): NamedPolicy {
  const egress = parts.map(([{ controlPlaneNamespace: namespace }, podLabels, ports]) => {
    return { to: [peerOf({ namespace, podLabels })], ports: ports.map(tcp) };
  });
  return { name: 'tenant-allow-mesh-control-plane', spec: { podSelector, policyTypes: ['Egress'], egress } };
}

/** In an ambient mesh probes of kubelets come from these addresses, and not from their node (Istio, ambient and NetworkPolicy). */
function fromProbes(): NamedPolicy {
  const addresses = ['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128'];
  const ingress = [{ from: addresses.map((cidr) => ({ ipBlock: { cidr } })) }];
  return { name: 'tenant-allow-mesh-probes', spec: { podSelector: {}, policyTypes: ['Ingress'], ingress } };
}
