import { type KubernetesObject } from './kubernetes-object.js';
import { environmentLabels } from './labels.js';
import { type TenantEnvironment, type TenantInput } from './tenant-input.js';

/** The ServiceAccount that brings in workloads: the tenant's pipelines, and the plan's dedicated services. */
export const DEPLOYER = 'deployer';

/**
 * The ServiceAccounts of an environment. Neither gives its token to pods by itself: `default` has no rights to give
 * (CIS Kubernetes Benchmark 5.1.5 and 5.1.6), and `deployer` is used from outside, with short-lived tokens.
 */
export function renderServiceAccounts(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  return ['default', DEPLOYER].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    automountServiceAccountToken: false,
  }));
}
