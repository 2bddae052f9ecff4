import { type PlanSpec } from './plan-spec.js';

/** The capabilities of a cluster that the mesh settings of a plan depend on. */
export interface MeshOffer {
  /** Null: the cluster has no mesh. */
  kind: 'istio-sidecar' | 'istio-ambient' | 'linkerd' | null;
  /** True if it serves the Gateway API in v1. */
  gatewayApi: boolean;
}

/** A capability that a plan needs and the cluster's mesh lacks. */
export interface MissingCapability {
  /** The field of the plan's `mesh` that needs it. */
  capability: 'mtls' | 'rateLimit' | 'waypoint';
  /** A sentence. */
  detail: string;
}

/**
 * Returns the mesh settings of a plan that the cluster cannot carry out, and that would silently have no effect.
 * Restrictions are not among them: without a mesh the network policies enforce those, and the condition `MeshReady`
 * reports it. Pure.
 */
export function missingMeshCapabilities(
  { mode, mtls, rateLimit, waypoint }: PlanSpec['mesh'],
  { kind, gatewayApi }: MeshOffer,
): MissingCapability[] {
  if (mode === 'none') return [];
  const missing: MissingCapability[] = [];
  if (rateLimit !== null && (kind === null || kind === 'istio-ambient')) {
    const why = kind === null ? 'the cluster has no mesh' : 'nothing in an ambient mesh counts requests to pods';
    missing.push({ capability: 'rateLimit', detail: `The plan limits the rate of requests, and ${why}.` });
  }
  if (mtls === 'permissive' && kind === 'linkerd') {
    // Callers without a certificate can be allowed only by address, which then also allows those with any certificate.
    const detail =
      'The plan accepts callers without mutual TLS, and Linkerd cannot tell them from callers of other tenants.';
    missing.push({ capability: 'mtls', detail });
  }
  // A sidecar itself is a layer 7 proxy.
  if (waypoint && kind === 'istio-ambient' && !gatewayApi) {
    const detail = 'The plan asks for a waypoint, and the cluster does not serve the Gateway API.';
    missing.push({ capability: 'waypoint', detail });
  }
  return missing;
}
