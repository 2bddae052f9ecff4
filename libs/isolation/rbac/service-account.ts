import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { restrictionOf } from '../model/restriction.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

/** The ServiceAccount that brings in workloads: the tenant's pipelines, and the plan's dedicated services. */
export const DEPLOYER = 'deployer';

/**
 * The ServiceAccounts of an environment. Neither gives its token to pods by itself: `default` has no rights to give
 * (CIS Kubernetes Benchmark 5.1.5 and 5.1.6), and `deployer` is used from outside, with short-lived tokens.
 *
 * In quarantine there is no `deployer`. A token holds the uid of its account, so deleting the account is the one way
 * to end tokens that were issued (kubernetes.io, Managing Service Accounts); a later account of that name has another
 * uid, and they stay dead. `default` stays: the cluster would make it anew, with a token for every pod.
 */
export function renderServiceAccounts(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const names = restrictionOf(tenant).quarantined ? ['default'] : ['default', DEPLOYER];
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    automountServiceAccountToken: false,
  }));
}
