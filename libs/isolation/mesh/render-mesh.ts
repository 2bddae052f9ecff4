import { type MeshFacts, type TenantInput } from '../tenant-input.js';

/** What a namespace carries so that its pods join the mesh. */
interface MeshMarks {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The mesh that a tenant's pods are in; null where the cluster has none or the plan leaves it out. */
function meshOf({ cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>): MeshFacts | null {
  return plan.spec.mesh.mode === 'none' ? null : (cluster.mesh ?? null);
}

/** The labels and annotations of a tenant's namespaces by which pods join the mesh; empty without one. */
export function meshMarks(tenant: TenantInput): MeshMarks {
  const mesh = meshOf(tenant);
  switch (mesh?.kind) {
    case undefined:
      return { labels: {}, annotations: {} };
    case 'istio-sidecar': {
      // Never both: the older label wins over the revision.
      const labels = mesh.revision === null ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': mesh.revision };
      return { labels, annotations: {} };
    }
    case 'istio-ambient':
      return { labels: { 'istio.io/dataplane-mode': 'ambient' }, annotations: {} };
    case 'linkerd': {
      const annotations = { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny' };
      return { labels: {}, annotations };
    }
  }
}
