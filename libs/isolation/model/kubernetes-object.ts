/** The part of `metadata` that Bulkhead writes. */
export interface ObjectMetadata {
  name: string;
  /** Absent on cluster-scoped objects. */
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A Kubernetes object as plain JSON, with nothing in it that the API server would store differently. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}
