import { type TenantRoute } from '#plans';

import { type ClusterFacts } from '../model/tenant-input.js';

/** A capability that a route needs and its cluster lacks. */
export interface MissingCapability {
  /** Stable, for programs. */
  capability: 'gateway-api' | 'shared-gateway' | 'ingress-gateway' | 'listener-sets' | 'http-route-retries';
  /** A sentence for people. */
  detail: string;
  /** JSON Pointer to the field of the route that needs it; empty: every route does. */
  pointer: string;
}

/** Returns the capability that a cluster lacks to carry out a route as written; null: none. Pure. */
export function missingCapabilityFor(
  route: Pick<TenantRoute, 'rules' | 'tlsSecret'>,
  cluster: ClusterFacts,
): MissingCapability | null {
  const lacking = (capability: MissingCapability['capability'], detail: string, pointer = ''): MissingCapability => ({
    capability,
    detail,
    pointer,
  });
  if (cluster.knowsGatewayApi !== true) {
    return lacking('gateway-api', 'The cluster does not serve HTTPRoute of gateway.networking.k8s.io/v1.');
  }
  if ((cluster.sharedGateway ?? null) === null) {
    return lacking('shared-gateway', 'The cluster has no shared Gateway configured (sharedGateway).');
  }
  if (cluster.gateway === null) {
    const detail =
      'The cluster has no ingress gateway pods configured (gateway), so network policies would block them.';
    return lacking('ingress-gateway', detail);
  }
  if (route.tlsSecret !== null && cluster.knowsListenerSets !== true) {
    const detail =
      'The cluster does not serve ListenerSet of gateway.networking.k8s.io/v1, which a certificate of its own needs.';
    return lacking('listener-sets', detail, '/tls');
  }
  const retrying = route.rules.findIndex(({ retries }) => retries !== null);
  if (retrying >= 0 && cluster.retriesRoutes !== true) {
    const detail = 'The cluster’s HTTPRoute has no retries: they are in the experimental channel of the Gateway API.';
    return lacking('http-route-retries', detail, `/rules/${retrying}/retries`);
  }
  return null;
}

/** Reports whether a host equals or is below one of the owned hosts. */
export function isWithin(host: string, owned: readonly string[]): boolean {
  return owned.some((own) => host === own || host.endsWith(`.${own}`));
}
