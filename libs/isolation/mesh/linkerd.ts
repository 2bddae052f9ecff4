import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type TenantLink, type WorkloadIdentity } from '../model/tenant-input.js';
import { type PortServer, portServers, PROXY_ADMIN_PORT } from './linkerd-servers.js';
import { linkObjectName, type MeshModel, meshObject } from './mesh-model.js';

const GROUP = 'policy.linkerd.io';

interface Reference {
  group: string;
  kind: string;
  name: string;
}

/** Renders what restricts an environment in a mesh of Linkerd. It stays when the tenant is cut off. */
export function linkerdRestrictions(model: MeshModel): KubernetesObject[] {
  const servers = portServers(model);
  return [...servers.map(({ object }) => object), egressNetwork(model), ...rateLimits(model, servers)];
}

/** Renders what allows traffic in a mesh of Linkerd. */
export function linkerdAllows(model: MeshModel): KubernetesObject[] {
  const { environment, gateway, monitoring, namespaces, offered } = model;
  const servers = portServers(model);
  const own = namespaces.map((name) => ({ kind: 'Namespace', name }));
  return [
    meshTls(model, 'tenant', own),
    authorization(model, 'tenant-allow-same-tenant', { group: '', kind: 'Namespace', name: environment.namespace }, [
      'tenant',
    ]),
    ...(gateway === null ? [] : [meshTls(model, 'tenant-ingress-gateway', [accountRef(gateway)])]),
    ...(monitoring === null ? [] : [meshTls(model, 'tenant-monitoring', [accountRef(monitoring.identity)])]),
    ...offered.map((link) => meshTls(model, linkObjectName(link, 'consumer'), [accountRef(link.consumer)], link)),
    ...kubelets(model),
    ...openRanges(model),
    ...servers.flatMap((server) => allowsAt(model, server)),
  ];
}

/**
 * Renders the callers other than the tenant that can reach the port of a Server. A policy requires all its
 * authentications.
 */
function allowsAt(model: MeshModel, { name, port, isExposed, links }: PortServer): KubernetesObject[] {
  const suffix = name.replace('tenant-port-', '');
  const server = (): Reference => ({ group: GROUP, kind: 'Server', name });
  const isMeasured = model.monitoring?.ports.includes(port) ?? false;
  const readsProxy = model.monitoring !== null && port === PROXY_ADMIN_PORT;
  return [
    ...(isExposed
      ? [authorization(model, `tenant-allow-ingress-gateway-${suffix}`, server(), ['tenant-ingress-gateway'])]
      : []),
    ...(isMeasured || readsProxy
      ? [authorization(model, `tenant-allow-monitoring-${suffix}`, server(), ['tenant-monitoring'])]
      : []),
    ...links.map((link) =>
      authorization(model, linkObjectName(link, suffix), server(), [linkObjectName(link, 'consumer')], link),
    ),
  ];
}

/**
 * Kubelets check the readiness of proxies without a certificate. Linkerd allows the probes of pods on its own, but
 * stops doing so once a route is attached to the Server.
 */
function kubelets(model: MeshModel): KubernetesObject[] {
  const cidrs = [...new Set(model.tenant.cluster.nodeCidrs)].sort();
  if (cidrs.length === 0) return [];
  const networks = cidrs.map((cidr) => ({ cidr }));
  const target = { group: GROUP, kind: 'Server', name: `tenant-port-${PROXY_ADMIN_PORT}` };
  return [
    meshObject(model, [`${GROUP}/v1alpha1`, 'NetworkAuthentication', 'tenant-kubelets'], { networks }),
    policy(model, 'tenant-allow-kubelets', target, [reference('NetworkAuthentication', 'tenant-kubelets')]),
  ];
}

/** Controls traffic to hosts outside the cluster; the network policies restrict the addresses. */
function egressNetwork(model: MeshModel): KubernetesObject {
  const trafficPolicy = model.plan.egress === 'registry-only' || model.cutOff ? 'Deny' : 'Allow';
  return meshObject(model, [`${GROUP}/v1alpha1`, 'EgressNetwork', 'tenant-egress'], { trafficPolicy });
}

/**
 * Opens ranges in an egress that is closed otherwise: of two EgressNetworks, the one with the smaller range that contains
 * an address decides (Linkerd, EgressNetwork). Every one of these is smaller than all addresses.
 */
function openRanges(model: MeshModel): KubernetesObject[] {
  if (model.ranges.length === 0) return [];
  const networks = model.ranges.map(({ text: cidr }) => ({ cidr }));
  const spec = { networks, trafficPolicy: 'Allow' };
  return [meshObject(model, [`${GROUP}/v1alpha1`, 'EgressNetwork', 'tenant-egress-ranges'], spec)];
}

/** Linkerd limits the requests of each Server, for all clients together. */
function rateLimits(model: MeshModel, servers: readonly PortServer[]): KubernetesObject[] {
  const { rateLimit } = model.plan;
  if (rateLimit === null) return [];
  const { requestsPerSecond } = rateLimit;
  return servers
    .filter(({ port }) => port !== PROXY_ADMIN_PORT)
    .map(({ name }) =>
      meshObject(model, [`${GROUP}/v1alpha1`, 'HTTPLocalRateLimitPolicy', name], {
        targetRef: { group: GROUP, kind: 'Server', name },
        total: { requestsPerSecond },
      }),
    );
}

function meshTls(
  model: MeshModel,
  name: string,
  identityRefs: Record<string, string>[],
  link?: TenantLink,
): KubernetesObject {
  return meshObject(model, [`${GROUP}/v1alpha1`, 'MeshTLSAuthentication', name], { identityRefs }, link);
}

function accountRef({ namespace, serviceAccount }: WorkloadIdentity): Record<string, string> {
  return { kind: 'ServiceAccount', name: serviceAccount, namespace };
}

function authorization(
  model: MeshModel,
  name: string,
  targetRef: Reference,
  identities: readonly string[],
  link?: TenantLink,
): KubernetesObject {
  const refs = identities.map((identity) => reference('MeshTLSAuthentication', identity));
  return policy(model, name, targetRef, refs, link);
}

function policy(
  model: MeshModel,
  name: string,
  targetRef: Reference,
  requiredAuthenticationRefs: Reference[],
  link?: TenantLink,
): KubernetesObject {
  const spec = { targetRef, requiredAuthenticationRefs };
  return meshObject(model, [`${GROUP}/v1alpha1`, 'AuthorizationPolicy', name], spec, link);
}

function reference(kind: string, name: string): Reference {
  return { group: GROUP, kind, name };
}
