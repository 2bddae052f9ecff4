import { isAuthorizationFailure } from './kube-error.js';
import { resourceOf } from './resources.js';

/** The ServiceAccount in each of a tenant's namespaces that brings in workloads. */
const DEPLOYER = 'deployer';

/**
 * As whom a request about objects of a kind in a namespace is sent: the headers that make it a request of the
 * namespace's deployer for workloads, none for everything else. A plan's template can so never do what the tenant could
 * not, and the worker needs no right on workloads at all. Reading is no exception.
 *
 * Groups are not named: the API server gives a ServiceAccount its own (`system:serviceaccounts`, those of the
 * namespace, `system:authenticated`), and naming them would need the right to impersonate groups.
 * Source: kubernetes.io, User impersonation; `authorizeUsername` in k8s.io/apiserver/pkg/endpoints/filters.
 * @throws Error for workloads of all namespaces: no deployer reaches beyond its own
 */
export function identityFor(target: { apiVersion: string; kind: string; namespace?: string }): Record<string, string> {
  if (resourceOf(target).appliedAs !== 'deployer') return {};
  const { kind, namespace = '' } = target;
  if (namespace === '') throw new Error(`${kind} is reached as the deployer of a namespace, and none is named`);
  return asDeployerOf(namespace);
}

/** The headers that make a request one of the namespace's deployer. */
export function asDeployerOf(namespace: string): Record<string, string> {
  return { 'impersonate-user': `system:serviceaccount:${namespace}:${DEPLOYER}` };
}

/** Whether the API server's authorizer said no to a tenant's deployer, as opposed to the worker itself. */
export function isRefusedToDeployer(error: unknown): boolean {
  const asDeployer = new RegExp(`User "system:serviceaccount:[^":]+:${DEPLOYER}" cannot `);
  return isAuthorizationFailure(error) && asDeployer.test((error as Error).message);
}
