import { type MeshFacts } from '../model/tenant-input.js';

/**
 * The facts about a cluster on which its admission baseline depends. Settings of plans are annotations of namespaces.
 */
export interface AdmissionBaseline {
  /** The user name under which the API server knows the worker. */
  provisioner: string;
  /** True if the cluster serves MutatingAdmissionPolicy in v1, available from 1.36 (KEP-3962). */
  mutates: boolean;
  /** The name of the cluster's global default PriorityClass, which the API server gives to pods that name none. */
  defaultPriorityClass?: string;
  /** Audiences of tokens that the API server accepts, in addition to those of every cluster. */
  apiAudiences?: readonly string[];
  /** User names of controllers outside kube-system that write in tenants' namespaces. */
  trustedControllers?: readonly string[];
  /** The mesh whose controllers write into tenants' namespaces; null: none, so no controller is exempt. */
  mesh: Pick<MeshFacts, 'kind' | 'controlPlaneNamespace'> | null;
}
