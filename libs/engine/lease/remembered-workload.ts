/** A workload that was suspended, or was about to be. */
export interface RememberedWorkload {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  /** Version of the object when it was remembered. */
  resourceVersion: string;
  /** The merge patch that restores it. */
  restore: object;
}

/** Part of the lease's query: the suspended workloads of tenant `t`. As json: `restore` is what a tenant wrote. */
export const REMEMBERED_WORKLOADS = `
    (SELECT coalesce(json_agg(json_build_object('apiVersion', w.api_version, 'kind', w.kind, 'namespace', w.namespace,
        'name', w.name, 'uid', w.uid, 'resourceVersion', w.resource_version, 'restore', w.restore)), '[]')
      FROM suspended_workloads w WHERE w.tenant_id = t.id)`;
