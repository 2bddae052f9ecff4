import { WAYPOINT } from '../mesh/istio-ambient.js';
import { PROXY_ADMIN_PORT } from '../mesh/linkerd-servers.js';
import { ascending, meshOf } from '../mesh/mesh-model.js';
import { type MeshFacts, type TenantInput } from '../model/tenant-input.js';
import { type NamedPolicy, peerOf, tcp } from './network-policy-parts.js';

/**
 * Returns the port that carries all traffic between pods of the mesh, whatever port it is meant for; null: traffic uses
 * the real ports, as without a mesh. For Linkerd this assumes its default (`outboundTransportMode: transport-header`).
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

/** Returns the labels that Istio sets on the pods of the waypoint. */
export const waypointPods = (): Record<string, string> => ({ 'gateway.networking.k8s.io/gateway-name': WAYPOINT });

/** Returns the ports on which the metrics collector scrapes the tenant's pods and their proxies. */
export function monitoringPorts(tenant: TenantInput, ports: readonly number[]): number[] {
  const mesh = meshOf(tenant);
  if (mesh === null) return ascending(ports);
  // In a tunnel the collector has its own identity, and authorization decides which ports it reaches.
  const tunnel = mesh.monitoringIdentity === null ? null : tunnelPort(tenant);
  return ascending([...ports, ...proxyMetricsPorts(mesh), ...(tunnel === null ? [] : [tunnel])]);
}

/** Envoy serves merged metrics and its own, which the mesh does not authorize; Linkerd serves its own. */
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

/** Renders the traffic that proxies themselves need: to their control plane, and from kubelets. */
export function meshNetworkPolicies(tenant: TenantInput): NamedPolicy[] {
  const mesh = meshOf(tenant);
  switch (mesh?.kind) {
    case undefined:
      return [];
    case 'istio-sidecar':
      return [toControlPlane({}, [[mesh, { app: 'istiod' }, [15_012]]])];
    case 'istio-ambient': {
      // Node proxies act for pods; of the tenant's own pods only a waypoint needs the control plane.
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

/**
 * In an ambient mesh kubelet probes come from these addresses instead of their node (Istio, ambient and NetworkPolicy).
 */
function fromProbes(): NamedPolicy {
  const addresses = ['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128'];
  const ingress = [{ from: addresses.map((cidr) => ({ ipBlock: { cidr } })) }];
  return { name: 'tenant-allow-mesh-probes', spec: { podSelector: {}, policyTypes: ['Ingress'], ingress } };
}
