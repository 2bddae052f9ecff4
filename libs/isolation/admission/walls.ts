import { type MeshFacts } from '../model/tenant-input.js';

/** What the walls of a cluster depend on; what plans allow stands on the namespaces of tenants. */
export interface Walls {
  /** The user name under which the worker is known to the API server. */
  provisioner: string;
  /** Whether the cluster has MutatingAdmissionPolicy in v1, which it has from 1.36 on (KEP-3962). */
  mutates: boolean;
  /** Whose controllers write into namespaces of tenants; null: nobody's, and nobody is let through. */
  mesh: Pick<MeshFacts, 'kind' | 'controlPlaneNamespace'> | null;
}
