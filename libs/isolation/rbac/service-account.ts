import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { restrictionOf } from '../model/restriction.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

/**
 * The ServiceAccount that deploys workloads: used by the tenant's pipelines, and for the plan's dedicated workloads.
 */
export const DEPLOYER = 'deployer';

/**
 * Renders the ServiceAccounts of an environment. Neither mounts its token into pods by default: `default` has no rights
 * (CIS Kubernetes Benchmark 5.1.5 and 5.1.6), and `deployer` is used from outside, with short-lived tokens.
 *
 * In quarantine there is no `deployer`. A token contains the uid of its account, so deleting the account is the only
 * way to revoke issued tokens (kubernetes.io, Managing Service Accounts); a later account of that name has another uid,
 * and they stay invalid. `default` stays: the cluster would recreate it, with a token for every pod.
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
