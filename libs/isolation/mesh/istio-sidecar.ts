import { type KubernetesObject } from '../model/kubernetes-object.js';
import { allowOthers, allowSameTenant, denyByDefault, guard, peerAuthentication, telemetry } from './istio.js';
import { openHostEntries, openRangesFilter } from './istio-egress.js';
import { type MeshModel, meshObject } from './mesh-model.js';

/** Renders what restricts an environment in a mesh of sidecars. It stays when the tenant is cut off. */
export function sidecarRestrictions(model: MeshModel): KubernetesObject[] {
  return [
    peerAuthentication(model),
    denyByDefault(model, 'tenant-default-deny'),
    guard(model, 'tenant-isolation-guard'),
    sidecarScope(model),
    telemetry(model, 'default'),
    ...rateLimit(model),
  ];
}

/** Renders what allows traffic in a mesh of sidecars. */
export function sidecarAllows(model: MeshModel): KubernetesObject[] {
  return [
    allowSameTenant(model, 'tenant-allow-same-tenant'),
    ...allowOthers(model),
    ...openHostEntries(model),
    ...openRangesFilter(model),
  ];
}

/**
 * Limits the services that the proxies know. It blocks no traffic, which is up to the network policies; but a proxy
 * that knows the services of all tenants grows with their number, and reveals their names.
 */
function sidecarScope(model: MeshModel): KubernetesObject {
  const { environment, mesh, namespaces, plan, tenant, used } = model;
  const hosts = [
    './*',
    ...namespaces.filter((namespace) => namespace !== environment.namespace).map((namespace) => `${namespace}/*`),
    `${mesh.controlPlaneNamespace}/*`,
    // DNS over TCP and the Kubernetes API go through the proxy like any other host; the network policies allow them.
    'kube-system/kube-dns.kube-system.svc.cluster.local',
    ...(tenant.plan.spec.network.kubeApi ? ['default/kubernetes.default.svc.cluster.local'] : []),
    ...used.map(({ provider: { namespace, service } }) => `${namespace}/${service}.${namespace}.svc.cluster.local`),
  ];
  return meshObject(model, ['networking.istio.io/v1', 'Sidecar', 'default'], {
    outboundTrafficPolicy: { mode: plan.egress === 'registry-only' || model.cutOff ? 'REGISTRY_ONLY' : 'ALLOW_ANY' },
    egress: [{ hosts: model.cutOff ? ['~/*'] : [...new Set(hosts)] }],
  });
}

/**
 * Istio has no field for limiting incoming requests; it documents an Envoy filter instead (Istio, Enabling Rate Limits
 * using Envoy, local rate limit). The filter comes after authorization, so that only allowed requests count.
 */
function rateLimit(model: MeshModel): KubernetesObject[] {
  const { rateLimit: limit } = model.plan;
  if (limit === null) return [];
  const { requestsPerSecond } = limit;
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  const value = {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
      stat_prefix: 'tenant_rate_limit',
      token_bucket: { max_tokens: requestsPerSecond, tokens_per_fill: requestsPerSecond, fill_interval: '1s' },
      filter_enabled: { runtime_key: 'tenant_rate_limit_enabled', ...structuredClone(always) },
      filter_enforced: { runtime_key: 'tenant_rate_limit_enforced', ...always },
    },
  };
  const filter = { name: 'envoy.filters.network.http_connection_manager' };
  const router = { ...filter, subFilter: { name: 'envoy.filters.http.router' } };
  return [
    meshObject(model, ['networking.istio.io/v1alpha3', 'EnvoyFilter', 'tenant-rate-limit'], {
      priority: 10,
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: { context: 'SIDECAR_INBOUND', listener: { filterChain: { filter: router } } },
          patch: { operation: 'INSERT_BEFORE', value },
        },
      ],
    }),
  ];
}
