import { type TenantEnvironment, type TenantInput } from './tenant-input.js';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'bulkhead';

/**
 * The tenant's opaque id, and the only label that assigns traffic to a tenant. Never the slug: slugs are reused after a
 * deletion.
 */
export const TENANT_ID_LABEL = 'bulkhead.io/tenant-id';
export const ENVIRONMENT_LABEL = 'bulkhead.io/environment';

/**
 * On namespaces: the plan. Its version is left out, so that a new version writes only what it changes and not every
 * namespace.
 */
export const PLAN_LABEL = 'bulkhead.io/plan';

/**
 * Set by admission on pods, claims and services of tenants, for metering. A separate label from the one that assigns
 * objects to a tenant: objects with that one are Bulkhead's, and tenants cannot touch them.
 */
export const TENANT_LABEL = 'bulkhead.io/tenant';

/** The prefix of a tenant's own labels on its namespaces, where policies select tenants by them. */
const TENANT_LABELS_PREFIX = 'labels.bulkhead.io/';

/**
 * Returns the key of a tenant's label on its namespaces, or null for a label with its own prefix, which is not put
 * there.
 */
export function namespaceLabelOf(key: string): string | null {
  return key.includes('/') ? null : `${TENANT_LABELS_PREFIX}${key}`;
}

/** Set to "true" by tenants on pods that the ingress gateway can reach. */
export const EXPOSED_LABEL = 'bulkhead.io/exposed';
/** Set to "true" by tenants on pods that need the Kubernetes API. */
export const KUBE_API_LABEL = 'bulkhead.io/kube-api';

/** On the objects of a link, on either side: its id. */
export const LINK_ID_LABEL = 'bulkhead.io/link-id';

/**
 * On objects that istiod creates for a Gateway in a tenant's namespace: a waypoint's Deployment, Service, pods and so
 * on.
 */
export const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** The only namespace label that the API server itself guarantees (KEP-2161). */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Returns the labels of every object in an environment, and of its namespace. */
export function environmentLabels(
  tenant: Pick<TenantInput, 'id'>,
  environment: TenantEnvironment,
): Record<string, string> {
  return {
    [MANAGED_BY_LABEL]: MANAGED_BY,
    [ENVIRONMENT_LABEL]: environment.name,
    [TENANT_ID_LABEL]: tenant.id,
  };
}
