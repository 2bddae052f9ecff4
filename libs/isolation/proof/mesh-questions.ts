import { meshOf } from '../mesh/mesh-model.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { EXPOSED_LABEL } from '../model/labels.js';
import { type MeshFacts, type TenantInput, type WorkloadIdentity } from '../model/tenant-input.js';
import { renderTenant } from '../render/object-set.js';
import { judgeMesh } from '../verdict/mesh/judge-mesh.js';
import { type MeshCall } from '../verdict/mesh/mesh-call.js';
import { type NetworkAnswer } from './network-questions.js';

/** Arbitrary ports, and those that meshes treat specially. */
const ports = [443, 4191, 8080, 9090, 15_020];

/** ServiceAccounts as which pods of a tenant can run, and one that the tenant could create. */
const accounts = ['default', 'deployer', 'bulkhead-proof'];

/** The set of objects that a call is judged by: the current ones, or a variation that must not open anything either. */
type Variation =
  | 'as it is'
  | 'with a policy that allows everything'
  | 'with mutual TLS only'
  | 'with restrictions only'
  | 'with restrictions of the waypoint only';

/**
 * Judges calls to a tenant's pods by the mesh objects in the cluster, and compares that with the object set: as it is;
 * with an additional policy that allows everything, which the guard must outweigh; and with the restrictions only and
 * the mutual TLS policies only, so that no object hides that another is missing. Null if the tenant is in no mesh.
 * @param live the Namespaces and mesh objects in the tenant's namespaces, whoever made them
 * @param neighbour the tenant that must be kept out
 * @throws UnreadableObjectError for a malformed policy of the mesh
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
  const ask = (callers: readonly MeshCall['identity'][], variations: readonly Variation[]): NetworkAnswer[] =>
    variations.flatMap((variation) => {
      const wanted = variationOf(rendered, tenant, variation);
      const found = variationOf(live, tenant, variation);
      return callsTo(tenant, mesh, callers, rendered).map((call) => ({
        direction: 'inbound' as const,
        from: `${callerOf(call)}, ${variation}`,
        to: calledOf(call),
        port: { protocol: 'TCP' as const, port: call.port },
        wanted: judgeMesh(wanted, mesh, call).allowed,
        found: judgeMesh(found, mesh, call).allowed,
        link: null,
      }));
    });
  return {
    planned: ask(
      [...identitiesIn(tenant), ...known, ...linked, null],
      ['as it is', 'with restrictions only', 'with restrictions of the waypoint only', 'with mutual TLS only'],
    ),
    crossing: ask(strangers, ['as it is', 'with a policy that allows everything']),
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
  // Nodes call without a certificate, and are recognised by their addresses.
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

/** Returns the arbitrary ports, those of links, and those that objects of the mesh name. */
function portsOf({ links = [] }: TenantInput, rendered: readonly KubernetesObject[]): number[] {
  const ofLinks = links.flatMap((link) => link.ports.flatMap(({ port, targetPort }) => [port, targetPort]));
  const ofServers = rendered
    .filter(({ kind }) => kind === 'Server')
    .map((object) => (object['spec'] as { port: unknown }).port)
    .filter((port) => typeof port === 'number');
  return [...new Set([...ports, ...ofLinks, ...ofServers])];
}

function variationOf(
  objects: readonly KubernetesObject[],
  tenant: TenantInput,
  variation: Variation,
): KubernetesObject[] {
  switch (variation) {
    case 'as it is':
      return [...objects];
    case 'with mutual TLS only':
      return objects.filter(({ kind }) => kind === 'PeerAuthentication' || kind === 'Namespace');
    case 'with restrictions only':
      return closing(objects, tenant);
    case 'with restrictions of the waypoint only':
      return closing(objects, tenant).filter(
        ({ kind, ...object }) => kind === 'AuthorizationPolicy' && Object.hasOwn(object['spec'] ?? {}, 'targetRefs'),
      );
    case 'with a policy that allows everything':
      return [...objects, ...tenant.environments.flatMap(({ namespace }) => allowingAll(namespace))];
  }
}

/** Returns only the objects that a tenant keeps when it is cut off. */
function closing(objects: readonly KubernetesObject[], tenant: TenantInput): KubernetesObject[] {
  const restriction = { suspended: false, quarantined: true };
  const kept = new Set(renderTenant({ ...tenant, restriction }).map(keyOf));
  return objects.filter((object) => kept.has(keyOf(object)));
}

/** Returns policies that Istio treats as allowing everyone, at pods and at a waypoint. Linkerd has no such objects. */
function allowingAll(namespace: string): KubernetesObject[] {
  const policy = (name: string, spec: object): KubernetesObject => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: `bulkhead-proof-${name}`, namespace },
    spec: { ...spec, rules: [{}] },
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
