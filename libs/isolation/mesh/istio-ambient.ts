import { type KubernetesObject } from '../model/kubernetes-object.js';
import { TENANT_LABEL } from '../model/labels.js';
import { type TenantLink } from '../model/tenant-input.js';
import {
  allowing,
  allowOthers,
  allowSameTenant,
  authorizationPolicy,
  denyByDefault,
  guard,
  peerAuthentication,
  principalOf,
  telemetry,
} from './istio.js';
import { linkObjectName, type MeshModel, meshObject } from './mesh-model.js';

/** The name of the layer 7 proxy of an environment: its Gateway, and the pods that Istio creates for it. */
export const WAYPOINT = 'waypoint';

const atWaypoint = (): { targetRefs: { group: string; kind: string; name: string }[] } => ({
  targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: WAYPOINT }],
});

/**
 * Renders what restricts an environment in an ambient mesh. Node proxies see connections but no requests: of a rule
 * about requests they drop everything that allows. A waypoint enforces only policies that name it; one that is named by
 * none lets everyone through, and its traffic then reaches the pods as the tenant's own.
 */
export function ambientRestrictions(model: MeshModel): KubernetesObject[] {
  const ofWaypoint = model.plan.waypoint
    ? [
        denyByDefault(model, 'tenant-waypoint-default-deny', atWaypoint()),
        waypointGuard(model),
        telemetry(model, 'tenant-waypoint', atWaypoint()),
      ]
    : [];
  return [
    peerAuthentication(model),
    denyByDefault(model, 'tenant-default-deny'),
    guard(model, 'tenant-isolation-guard'),
    ...ofWaypoint,
  ];
}

/** Renders what allows traffic in an ambient mesh. */
export function ambientAllows(model: MeshModel): KubernetesObject[] {
  const ofWaypoint = model.plan.waypoint
    ? [
        waypoint(model),
        allowSameTenant(model, 'tenant-waypoint-allow-same-tenant', atWaypoint()),
        ...model.offered.map((link) => allowAtWaypoint(model, link)),
      ]
    : [];
  return [allowSameTenant(model, 'tenant-allow-same-tenant'), ...allowOthers(model), ...ofWaypoint];
}

/** The gateway and the metrics collector go to pods directly: through the waypoint they would look like the tenant. */
function waypointGuard(model: MeshModel): KubernetesObject {
  return guard({ ...model, gateway: null, monitoring: null }, 'tenant-waypoint-isolation-guard', atWaypoint());
}

/** A connection to a waypoint has the port of the Service and no pod yet, so a link opens the Service. */
function allowAtWaypoint(model: MeshModel, link: TenantLink): KubernetesObject {
  const targetRefs = [{ group: '', kind: 'Service', name: link.provider.service }];
  const ports = link.ports.map(({ port }) => port);
  const spec = { targetRefs, ...allowing(principalOf(model, link.consumer), ports) };
  return authorizationPolicy(model, linkObjectName(link, 'waypoint'), spec, link);
}

/**
 * Istio creates a Deployment, a Service and pods for the Gateway and copies the Gateway's labels to them unless
 * `infrastructure` sets others. With Bulkhead's labels they would look like objects that Bulkhead wrote.
 */
function waypoint(model: MeshModel): KubernetesObject {
  const gateway = meshObject(model, ['gateway.networking.k8s.io/v1', 'Gateway', WAYPOINT], {
    gatewayClassName: 'istio-waypoint',
    infrastructure: { labels: { 'istio.io/waypoint-for': 'service', [TENANT_LABEL]: model.tenant.id } },
    listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
  });
  gateway.metadata.labels = { ...gateway.metadata.labels, 'istio.io/waypoint-for': 'service' };
  return gateway;
}
