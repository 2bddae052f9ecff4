import { type PlanSpec } from './plan-spec.js';

/** What a cluster offers, as far as a plan's mesh needs it. */
export interface MeshOffer {
  /** Null: the cluster has no mesh. */
  kind: 'istio-sidecar' | 'istio-ambient' | 'linkerd' | null;
  /** Whether it serves Gateway API in v1. */
  gatewayApi: boolean;
}

/** Something that a plan asks of the mesh and the cluster cannot do. */
export interface MissingCapability {
  /** The member of the plan's `mesh` that asks for it. */
  capability: 'mtls' | 'rateLimit' | 'waypoint';
  /** A sentence. */
  detail: string;
}

/**
 * What a plan asks of the mesh that the cluster cannot do, so that it would silently not hold. What closes a tenant is
 * not among it: without a mesh the network policies do that, and the condition `MeshReady` tells so. Pure.
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
    // Who is let in without a certificate is let in by address, with any certificate too.
    const detail =
      'The plan takes callers without mutual TLS, and Linkerd cannot tell them from callers of other tenants.';
    missing.push({ capability: 'mtls', detail });
  }
  // A sidecar is a proxy of layer 7 itself.
  if (waypoint && kind === 'istio-ambient' && !gatewayApi) {
    const detail = 'The plan asks for a waypoint, and the cluster does not serve Gateway API.';
    missing.push({ capability: 'waypoint', detail });
  }
  return missing;
}
