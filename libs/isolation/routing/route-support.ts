import { type TenantRoute } from '#plans';

import { type ClusterFacts } from '../model/tenant-input.js';

/** Something that a cluster cannot do and a route needs. */
export interface LackingCapability {
  /** Stable, for programs. */
  capability: 'gateway-api' | 'shared-gateway' | 'ingress-gateway' | 'listener-sets' | 'http-route-retries';
  /** A sentence for people. */
  detail: string;
  /** JSON Pointer to what asks for it in the route; empty: every route does. */
  pointer: string;
}

/** What a cluster lacks to carry out a route as it is written; null: nothing. Pure. */
export function lackingFor(
  route: Pick<TenantRoute, 'rules' | 'tlsSecret'>,
  cluster: ClusterFacts,
): LackingCapability | null {
  const lacking = (capability: LackingCapability['capability'], detail: string, pointer = ''): LackingCapability => ({
    ...{ capability, detail, pointer },
  });
  if (cluster.knowsGatewayApi !== true) {
    return lacking('gateway-api', 'The cluster does not serve HTTPRoute of gateway.networking.k8s.io/v1.');
  }
  if ((cluster.sharedGateway ?? null) === null) {
    return lacking('shared-gateway', 'No Gateway of the platform is named for the cluster (sharedGateway).');
  }
  if (cluster.gateway === null) {
    const detail =
      'The pods of the ingress gateway are not named for the cluster (gateway), so nothing would let them in.';
    return lacking('ingress-gateway', detail);
  }
  if (route.tlsSecret !== null && cluster.knowsListenerSets !== true) {
    const detail =
      'The cluster does not serve ListenerSet of gateway.networking.k8s.io/v1, which own certificates need.';
    return lacking('listener-sets', detail, '/tls');
  }
  const retrying = route.rules.findIndex(({ retries }) => retries !== null);
  if (retrying >= 0 && cluster.retriesRoutes !== true) {
    const detail = 'The cluster’s HTTPRoute has no retries: they are in the experimental channel of the Gateway API.';
    return lacking('http-route-retries', detail, `/rules/${retrying}/retries`);
  }
  return null;
}

/** Whether a host is one of these, or below one. */
export function isWithin(host: string, owned: readonly string[]): boolean {
  return owned.some((own) => host === own || host.endsWith(`.${own}`));
}
