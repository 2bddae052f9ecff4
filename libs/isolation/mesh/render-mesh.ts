import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { ambientAllows, ambientRestrictions, WAYPOINT } from './istio-ambient.js';
import { sidecarAllows, sidecarRestrictions } from './istio-sidecar.js';
import { linkerdAllows, linkerdRestrictions } from './linkerd.js';
import { meshModel, meshOf } from './mesh-model.js';

/** The metadata of a namespace that makes its pods join the mesh. */
interface MeshMarks {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Returns the labels and annotations with which a tenant's pods join the mesh; empty without a mesh. */
export function meshMarks(tenant: TenantInput): MeshMarks {
  const mesh = meshOf(tenant);
  const { waypoint, telemetry } = tenant.plan.spec.mesh;
  switch (mesh?.kind) {
    case undefined:
      return { labels: {}, annotations: {} };
    case 'istio-sidecar': {
      // Never both: the older label takes precedence over the revision.
      const labels = mesh.revision === null ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': mesh.revision };
      return { labels, annotations: {} };
    }
    case 'istio-ambient': {
      // Not `istio.io/ingress-use-waypoint`: through the waypoint the gateway would look like the tenant's own.
      const ofWaypoint = waypoint ? { 'istio.io/use-waypoint': WAYPOINT } : {};
      return { labels: { 'istio.io/dataplane-mode': 'ambient', ...ofWaypoint }, annotations: {} };
    }
    case 'linkerd': {
      const logs = telemetry.accessLogs ? { 'config.linkerd.io/access-log': 'json' } : {};
      const policy = { 'config.linkerd.io/default-inbound-policy': 'deny' };
      return { labels: {}, annotations: { 'linkerd.io/inject': 'enabled', ...policy, ...logs } };
    }
  }
}

/**
 * Renders what restricts an environment in the mesh of its cluster. It must be in force before anything opens, and
 * stays when the tenant is cut off. Empty without a mesh.
 */
export function renderMeshRestrictions(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const model = meshModel(tenant, environment);
  switch (model?.mesh.kind) {
    case undefined:
      return [];
    case 'istio-sidecar':
      return sidecarRestrictions(model);
    case 'istio-ambient':
      return ambientRestrictions(model);
    case 'linkerd':
      return linkerdRestrictions(model);
  }
}

/** Renders what allows traffic in the mesh; empty while the tenant is cut off, even within the tenant. */
export function renderMeshAllows(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const model = meshModel(tenant, environment);
  if (model === null || model.cutOff) return [];
  switch (model.mesh.kind) {
    case 'istio-sidecar':
      return sidecarAllows(model);
    case 'istio-ambient':
      return ambientAllows(model);
    case 'linkerd':
      return linkerdAllows(model);
  }
}
