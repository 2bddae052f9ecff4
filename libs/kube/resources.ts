/** How a kind is addressed in the API. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

function resource(apiVersion: string, kind: string, plural: string, namespaced = true): Resource {
  return { apiVersion, kind, plural, namespaced };
}

/**
 * Every kind that Bulkhead writes. A fixed table instead of discovery: the worker may touch nothing else
 * (its ClusterRole says the same), and a pass needs no extra request.
 */
export const managedResources: readonly Resource[] = [
  resource('v1', 'Namespace', 'namespaces', false),
  resource('v1', 'ResourceQuota', 'resourcequotas'),
  resource('v1', 'LimitRange', 'limitranges'),
  resource('v1', 'ServiceAccount', 'serviceaccounts'),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  resource('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
];

/** The kinds that a tenant's objects have; the others belong to the cluster. */
export const tenantResources = managedResources.filter(({ kind }) => kind !== 'ClusterRole');

/** Names one object. `namespace` is empty for objects of the cluster. */
export interface ObjectKey {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** The path of an object; of its collection when `name` is undefined. */
export function pathOf(target: { apiVersion: string; kind: string; namespace?: string; name?: string }): string {
  const { apiVersion, kind, namespace, name } = target;
  const found = managedResources.find((entry) => entry.apiVersion === apiVersion && entry.kind === kind);
  if (found === undefined) throw new Error(`${apiVersion}/${kind} is not a kind that Bulkhead manages`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = found.namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${namespace}` : '';
  return `${group}${scope}/${found.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** `apiVersion/Kind/[namespace/]name`, as operations and logs name an object. */
export function objectName({ apiVersion, kind, namespace, name }: ObjectKey): string {
  return [apiVersion, kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}
