import { durationMs, type PlanRouting, type RouteRule, type TenantRoute } from '#plans';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type ClusterFacts, type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { isWithin, missingCapabilityFor } from './route-support.js';

const GROUP = 'gateway.networking.k8s.io';

/** The ListenerSet of an environment, with a listener for each host that has its own certificate. */
const LISTENER_SET = 'tenant-listeners';

/**
 * Renders the routes of an environment as HTTPRoutes, and a ListenerSet for hosts with their own certificates. Routes
 * that the cluster cannot carry out as written are left out, and so are hosts that do not (or no longer) belong to the
 * tenant. Values are as the API server stores them, with the defaults of the CRDs of Gateway API 1.6.
 */
export function renderRoutes(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const { plan } = tenant;
  const { sharedGateway } = tenant.cluster;
  if (sharedGateway === null || sharedGateway === undefined) return [];
  const routes = routesIn(tenant, environment);
  const metadata = (name: string): KubernetesObject['metadata'] => ({
    name,
    namespace: environment.namespace,
    labels: environmentLabels(tenant, environment),
  });
  const listeners = listenersOf(routes);
  return [
    ...(listeners.length === 0
      ? []
      : [
          {
            apiVersion: `${GROUP}/v1`,
            kind: 'ListenerSet',
            metadata: metadata(LISTENER_SET),
            spec: { parentRef: gatewayRef(sharedGateway), listeners },
          },
        ]),
    ...routes.map(({ name, hosts, rules, tlsSecret }) => ({
      apiVersion: `${GROUP}/v1`,
      kind: 'HTTPRoute',
      metadata: metadata(`tenant-${name}`),
      spec: {
        parentRefs: [
          tlsSecret === null ? gatewayRef(sharedGateway) : { group: GROUP, kind: 'ListenerSet', name: LISTENER_SET },
        ],
        // Never empty: the route would then answer for every host of its listener.
        hostnames: [...hosts].sort(),
        rules: rules.map((rule) => renderRule(rule, plan.spec.routing)),
      },
    })),
  ];
}

/** Returns the routes of an environment that can be rendered, with only the tenant's hosts, ordered by name. */
export function routesIn(tenant: TenantInput, environment: TenantEnvironment): TenantRoute[] {
  const { cluster, plan, hosts: own = [], routes = [] } = tenant;
  if (!plan.spec.network.ingressGateway || cluster.sharedGateway === null || cluster.sharedGateway === undefined) {
    return [];
  }
  return routes
    .filter((route) => route.environment === environment.name && missingCapabilityFor(route, cluster) === null)
    .map((route) => ({ ...route, hosts: route.hosts.filter((host) => isWithin(host, own)) }))
    .filter(({ hosts }) => hosts.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function gatewayRef({ namespace, name }: NonNullable<ClusterFacts['sharedGateway']>): object {
  return { group: GROUP, kind: 'Gateway', namespace, name };
}

/**
 * Certificates are Secrets of the environment's own namespace, so no ReferenceGrant is needed; only routes of that
 * namespace can attach.
 */
function listenersOf(routes: readonly TenantRoute[]): object[] {
  const secrets = new Map(
    routes.flatMap(({ hosts, tlsSecret }) => (tlsSecret === null ? [] : hosts.map((host) => [host, tlsSecret]))),
  );
  return [...secrets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, secret]) => ({
      name: host,
      hostname: host,
      port: 443,
      protocol: 'HTTPS',
      tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: secret }] },
      allowedRoutes: {
        namespaces: { from: 'Same' },
        kinds: ['HTTPRoute', 'GRPCRoute'].map((kind) => ({ group: GROUP, kind })),
      },
    }));
}

/** Clamps values to the plan, which can have become stricter since the route was accepted. */
function renderRule({ matches, backends, timeouts, retries }: RouteRule, routing: PlanRouting): object {
  const capped = (text: string): string =>
    durationMs(text) > durationMs(routing.maxTimeout) ? routing.maxTimeout : text;
  const request = capped(timeouts.request ?? routing.defaultTimeout);
  const { backendRequest } = timeouts;
  return {
    matches: matches.map(({ path, headers, method }) => ({
      path: { type: path.type === 'Exact' ? 'Exact' : 'PathPrefix', value: path.value },
      ...(headers.length > 0 && {
        headers: headers.map(({ name, value }) => ({ type: 'Exact', name, value })),
      }),
      ...(method !== null && { method }),
    })),
    backendRefs: backends.map(({ service, port, weight }) => ({
      group: '',
      kind: 'Service',
      name: service,
      port,
      weight,
    })),
    timeouts: {
      request,
      ...(backendRequest !== null && {
        backendRequest: durationMs(backendRequest) > durationMs(request) ? request : backendRequest,
      }),
    },
    ...(retries !== null &&
      routing.maxRetries > 0 && {
        retry: {
          attempts: Math.min(retries.attempts, routing.maxRetries),
          codes: [...retries.codes],
          ...(retries.backoff !== null && { backoff: retries.backoff }),
        },
      }),
  };
}
