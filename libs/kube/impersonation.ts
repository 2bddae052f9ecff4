import { resourceOf } from './resources.js';

/** The ServiceAccount in each of a tenant's namespaces that deploys workloads. */
const DEPLOYER = 'deployer';

/**
 * Returns the headers of a request for objects of a kind in a namespace: for workloads those that impersonate the
 * namespace's deployer, for everything else none. This way a plan's template can never do what the tenant could not,
 * and the worker needs no rights on workloads. Reads are no exception.
 *
 * Groups are not impersonated: the API server assigns a ServiceAccount its own (`system:serviceaccounts`, those of the
 * namespace, `system:authenticated`), and naming them would need the right to impersonate groups. Source:
 * kubernetes.io, User impersonation; `authorizeUsername` in k8s.io/apiserver/pkg/endpoints/filters.
 * @throws Error for workloads of all namespaces: no deployer reaches beyond its own
 */
export function identityFor(target: { apiVersion: string; kind: string; namespace?: string }): Record<string, string> {
  if (resourceOf(target).appliedAs !== 'deployer') return {};
  const { kind, namespace = '' } = target;
  if (namespace === '') throw new Error(`${kind} needs a namespace: it is accessed as the deployer there`);
  return asDeployerOf(namespace);
}

/** Returns the headers that impersonate the namespace's deployer. */
export function asDeployerOf(namespace: string): Record<string, string> {
  return { 'impersonate-user': `system:serviceaccount:${namespace}:${DEPLOYER}` };
}
