/** A kind of object in namespaces of tenants that the worker may list. */
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

/** As `deploy/worker-rbac.yaml` grants it. Contents of ConfigMaps and Secrets the worker never reads. */
export const readableKinds: readonly ReadableKind[] = [
  ...['Pod', 'ReplicationController', 'ResourceQuota', 'LimitRange', 'ServiceAccount'].map((kind) =>
    readable('v1', kind),
  ),
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map((kind) => readable('apps/v1', kind)),
  ...['CronJob', 'Job'].map((kind) => readable('batch/v1', kind)),
  readable('networking.k8s.io/v1', 'NetworkPolicy'),
  readable('rbac.authorization.k8s.io/v1', 'RoleBinding'),
];
