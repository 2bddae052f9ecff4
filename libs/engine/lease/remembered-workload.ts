/** A workload that a suspension took down, or was about to. */
export interface RememberedWorkload {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  /** Of the object as it was when it was remembered. */
  resourceVersion: string;
  /** The merge patch that puts it back. */
  restore: object;
}

/** A part of the lease's query: the workloads of tenant `t` that have to come back one day. */
export const REMEMBERED_WORKLOADS = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('apiVersion', w.api_version, 'kind', w.kind, 'namespace', w.namespace,
        'name', w.name, 'uid', w.uid, 'resourceVersion', w.resource_version, 'restore', w.restore)), '[]')
      FROM suspended_workloads w WHERE w.tenant_id = t.id)`;
