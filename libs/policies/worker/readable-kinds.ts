/** A kind in tenants' namespaces that the worker has the right to list. */
export interface ReadableKind {
  apiVersion: string;
  kind: string;
  /** Empty for the core group. */
  group: string;
  plural: string;
}

function readable(apiVersion: string, kind: string): ReadableKind {
  const [group = '', version] = apiVersion.split('/');
  const plural = kind.endsWith('y') ? `${kind.toLowerCase().slice(0, -1)}ies` : `${kind.toLowerCase()}s`;
  return { apiVersion, kind, group: version === undefined ? '' : group, plural };
}

/** As granted by `deploy/worker-rbac.yaml`. The worker never reads the contents of ConfigMaps and Secrets. */
export const readableKinds: readonly ReadableKind[] = [
  ...['Pod', 'ReplicationController', 'ResourceQuota', 'LimitRange', 'ServiceAccount'].map((kind) =>
    readable('v1', kind),
  ),
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map((kind) => readable('apps/v1', kind)),
  ...['CronJob', 'Job'].map((kind) => readable('batch/v1', kind)),
  readable('networking.k8s.io/v1', 'NetworkPolicy'),
  readable('rbac.authorization.k8s.io/v1', 'RoleBinding'),
];
