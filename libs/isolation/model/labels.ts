import { type TenantEnvironment, type TenantInput } from './tenant-input.js';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'bulkhead';

/**
 * The tenant's opaque id, and the only label that decides whose traffic is whose. Never the slug: slugs are used
 * again after a deletion.
 */
export const TENANT_ID_LABEL = 'bulkhead.io/tenant-id';
export const ENVIRONMENT_LABEL = 'bulkhead.io/environment';

/** On namespaces: which plan. Not which version: a new one then writes what it changes, and no namespace. */
export const PLAN_LABEL = 'bulkhead.io/plan';

/**
 * Put on pods, claims and services of tenants by admission, for metering. Not the label that says whose an object is:
 * what carries that one is Bulkhead's, and tenants may not touch it.
 */
export const TENANT_LABEL = 'bulkhead.io/tenant';

/** In front of a tenant's own label, on its namespaces: policies select tenants by them. */
const TENANT_LABELS_PREFIX = 'labels.bulkhead.io/';

/** The key of a tenant's label on its namespaces; null for one with a prefix of its own, which is not put there. */
export function namespaceLabelOf(key: string): string | null {
  return key.includes('/') ? null : `${TENANT_LABELS_PREFIX}${key}`;
}

/** Set to "true" by tenants on pods that the ingress gateway may reach. */
export const EXPOSED_LABEL = 'bulkhead.io/exposed';
/** Set to "true" by tenants on pods that need the Kubernetes API. */
export const KUBE_API_LABEL = 'bulkhead.io/kube-api';

/** On objects that a link between two tenants is made of: its id, on either side. */
export const LINK_ID_LABEL = 'bulkhead.io/link-id';

/** On what istiod makes for a Gateway in a tenant's namespace: a waypoint's Deployment, Service, pods and so on. */
export const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** The one label of a namespace that the API server itself guarantees (KEP-2161). */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** The labels of every object in an environment of a tenant, and of its namespace. */
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
