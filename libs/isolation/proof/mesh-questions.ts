import { meshOf } from '../mesh/mesh-model.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { EXPOSED_LABEL } from '../model/labels.js';
import { type MeshFacts, type TenantInput, type WorkloadIdentity } from '../model/tenant-input.js';
import { renderTenant } from '../render/object-set.js';
import { judgeMesh } from '../verdict/mesh/judge-mesh.js';
import { type MeshCall } from '../verdict/mesh/mesh-call.js';
import { type NetworkAnswer } from './network-questions.js';

/** Ports of no workload in particular, and those that meshes treat in a way of their own. */
const ports = [443, 4191, 8080, 9090, 15_020];

/** Accounts of a tenant as whom its pods may run, beside any that it makes. */
const accounts = ['default', 'deployer', 'bulkhead-proof'];

/** What a call is asked about: as things are, or with something wrong that must open nothing all the same. */
type Standing =
  | 'as it stands'
  | 'if somebody allowed all'
  | 'by mutual TLS alone'
  | 'by what closes alone'
  | 'by what closes the waypoint alone';

/**
 * Judges calls to a tenant's pods by the objects of the mesh that stand, and holds that against what is rendered: as
 * they are; with a policy beside them that allows everything, which the guard must outweigh; and by what closes alone
 * and what demands certificates alone, so that none hides that another is missing. Null where the tenant is in no mesh.
 * @param live the Namespaces and objects of the mesh in the tenant's namespaces, whoever made them
 * @param neighbour who must be kept out
 * @throws UnreadableObjectError for a policy of the mesh that is not of its form
 */
export function meshAnswers(
  tenant: TenantInput,
  live: readonly KubernetesObject[],
  neighbour: Pick<TenantInput, 'environments'>,
): { planned: NetworkAnswer[]; crossing: NetworkAnswer[] } | null {
  const mesh = meshOf(tenant);
  if (mesh === null) return null;
  const rendered = renderTenant(tenant);
  const consumers = new Set((tenant.links ?? []).map(({ consumer }) => titleOf(consumer)));
  const strangers = identitiesIn(neighbour).filter((identity) => !consumers.has(titleOf(identity)));
  const known = [mesh.gatewayIdentity, mesh.monitoringIdentity].filter((identity) => identity !== null);
  const linked = (tenant.links ?? []).map(({ consumer }) => consumer);
  const ask = (callers: readonly MeshCall['identity'][], standings: readonly Standing[]): NetworkAnswer[] =>
    standings.flatMap((standing) => {
      const wanted = standingOf(rendered, tenant, standing);
      const found = standingOf(live, tenant, standing);
      return callsTo(tenant, mesh, callers, rendered).map((call) => ({
        ...{ direction: 'inbound' as const, from: `${callerOf(call)}, ${standing}`, to: calledOf(call) },
        port: { protocol: 'TCP' as const, port: call.port },
        wanted: judgeMesh(wanted, mesh, call).allowed,
        found: judgeMesh(found, mesh, call).allowed,
        link: null,
      }));
    });
  return {
    planned: ask(
      [...identitiesIn(tenant), ...known, ...linked, null],
      ['as it stands', 'by what closes alone', 'by what closes the waypoint alone', 'by mutual TLS alone'],
    ),
    crossing: ask(strangers, ['as it stands', 'if somebody allowed all']),
  };
}

function identitiesIn({ environments }: Pick<TenantInput, 'environments'>): WorkloadIdentity[] {
  return environments.flatMap(({ namespace }) => accounts.map((serviceAccount) => ({ namespace, serviceAccount })));
}

function callsTo(
  tenant: TenantInput,
  { kind }: MeshFacts,
  callers: readonly MeshCall['identity'][],
  rendered: readonly KubernetesObject[],
): MeshCall[] {
  const provided = (tenant.links ?? [])
    .map(({ provider }) => provider)
    .filter(({ tenantId }) => tenantId === tenant.id);
  const exposed = { [EXPOSED_LABEL]: 'true' };
  const pods = [{}, ...provided.map(({ podLabels }) => podLabels)].flatMap((labels) => [
    labels,
    { ...labels, ...exposed },
  ]);
  const services = [...provided.map(({ service }) => service), 'bulkhead-proof'];
  const hasWaypoint = kind === 'istio-ambient' && tenant.plan.spec.mesh.waypoint;
  // Nodes call without a certificate, and are told by their addresses.
  const [node] = tenant.cluster.nodeCidrs.map((cidr) => cidr.replace(/\/.*/, ''));
  return tenant.environments.flatMap(({ namespace }) =>
    callers.flatMap((identity) =>
      pods.flatMap((labels) =>
        portsOf(tenant, rendered).flatMap((port): MeshCall[] => {
          const call = { identity, to: { namespace, labels }, port };
          return [
            call,
            ...(identity === null && node !== undefined ? [{ ...call, address: node }] : []),
            ...(hasWaypoint ? services.map((name) => ({ ...call, service: { name, port } })) : []),
          ];
        }),
      ),
    ),
  );
}

/** Those of links, and those that objects of the mesh speak of. */
function portsOf({ links = [] }: TenantInput, rendered: readonly KubernetesObject[]): number[] {
  const ofLinks = links.flatMap((link) => link.ports.flatMap(({ port, targetPort }) => [port, targetPort]));
  const ofServers = rendered
    .filter(({ kind }) => kind === 'Server')
    .map((object) => (object['spec'] as { port: unknown }).port)
    .filter((port) => typeof port === 'number');
  return [...new Set([...ports, ...ofLinks, ...ofServers])];
}

function standingOf(objects: readonly KubernetesObject[], tenant: TenantInput, standing: Standing): KubernetesObject[] {
  switch (standing) {
    case 'as it stands':
      return [...objects];
    case 'by mutual TLS alone':
      return objects.filter(({ kind }) => kind === 'PeerAuthentication' || kind === 'Namespace');
    case 'by what closes alone':
      return closing(objects, tenant);
    case 'by what closes the waypoint alone':
      return closing(objects, tenant).filter(
        ({ kind, ...object }) => kind === 'AuthorizationPolicy' && Object.hasOwn(object['spec'] ?? {}, 'targetRefs'),
      );
    case 'if somebody allowed all':
      return [...objects, ...tenant.environments.flatMap(({ namespace }) => allowingAll(namespace))];
  }
}

/** Of objects those that a tenant keeps when it is cut off. */
function closing(objects: readonly KubernetesObject[], tenant: TenantInput): KubernetesObject[] {
  const restriction = { suspended: false, quarantined: true };
  const kept = new Set(renderTenant({ ...tenant, restriction }).map(keyOf));
  return objects.filter((object) => kept.has(keyOf(object)));
}

/** What Istio would take for a permission of everybody, at pods and at a waypoint. Linkerd has no such objects. */
function allowingAll(namespace: string): KubernetesObject[] {
  const policy = (name: string, spec: object): KubernetesObject => ({
    ...{ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy' },
    ...{ metadata: { name: `bulkhead-proof-${name}`, namespace }, spec: { ...spec, rules: [{}] } },
  });
  const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' }];
  return [policy('pods', {}), policy('waypoint', { targetRefs })];
}

function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [apiVersion, kind, metadata.namespace, metadata.name].join('/');
}

function titleOf({ namespace, serviceAccount }: WorkloadIdentity): string {
  return `${namespace}/${serviceAccount}`;
}

function callerOf({ identity }: MeshCall): string {
  return identity === null ? 'a caller without a certificate' : titleOf(identity);
}

function calledOf({ to, service }: MeshCall): string {
  const labels = Object.entries(to.labels).map(([key, value]) => `${key}=${value}`);
  const pod = `a pod ${labels.length === 0 ? '' : `with ${labels.join(', ')} `}in ${to.namespace}`;
  return service === undefined ? pod : `${pod}, through its waypoint`;
}
