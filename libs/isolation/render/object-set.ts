import { renderMeshAllows, renderMeshRestrictions } from '../mesh/render-mesh.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { isCutOff } from '../model/restriction.js';
import { type TenantInput } from '../model/tenant-input.js';
import { renderLimitRange } from '../namespace/limit-range.js';
import { renderNamespace } from '../namespace/namespace.js';
import { divideQuota, type QuotaShare, renderAccessQuota, renderQuotas } from '../namespace/quota.js';
import { renderWorkloads } from '../namespace/workload.js';
import { renderAllows, renderDefaultDeny } from '../network/network-policy.js';
import { renderRoleBindings } from '../rbac/role-binding.js';
import { renderServiceAccounts } from '../rbac/service-account.js';
import { renderRoutes } from '../routing/render-routes.js';
import { withinBudget } from './render-budget.js';
import { rendering } from './unrenderable-tenant.js';

const none: QuotaShare = { total: {}, access: {}, priorityClasses: [] };

/**
 * Renders the object set of a tenant, in an order in which the objects can be applied one by one without the tenant
 * ever being open: namespaces, then what restricts, then what grants access, then the plan's workloads. Counted objects
 * come before their quota, because a new quota refuses the objects it counts until the cluster has counted once.
 *
 * A suspended or quarantined tenant keeps what restricts and loses everything that grants access or allows traffic.
 *
 * A pure function: neither the order of members nor that of environments changes the result. Values are written the way
 * the API server stores them, so that a field-by-field comparison finds no difference.
 * @throws UnrenderableTenant when a member's name begins with `system:`, a value is one that no request could set, or
 *   the set is larger than one tenant's may be
 */
export function renderTenant(tenant: TenantInput): KubernetesObject[] {
  return rendering(tenant, () => withinBudget(objectsOf(tenant)));
}

function objectsOf(tenant: TenantInput): KubernetesObject[] {
  const environments = [...tenant.environments].sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  const shares = divideQuota(tenant.plan.spec.quota, environments.length);
  const opened = isCutOff(tenant) ? [] : environments;
  return [
    ...environments.map((environment) => renderNamespace(tenant, environment)),
    ...environments.flatMap((environment, index) => [
      renderDefaultDeny(tenant, environment),
      ...renderMeshRestrictions(tenant, environment),
      ...renderServiceAccounts(tenant, environment),
      renderLimitRange(tenant, environment),
      ...renderQuotas(tenant, environment, shares[index] ?? none),
    ]),
    ...opened.flatMap((environment) => [
      ...renderAllows(tenant, environment),
      ...renderMeshAllows(tenant, environment),
      ...renderRoleBindings(tenant, environment),
      ...renderRoutes(tenant, environment),
    ]),
    ...environments.map((environment, index) => renderAccessQuota(tenant, environment, shares[index] ?? none)),
    ...environments.flatMap((environment) => renderWorkloads(tenant, environment)),
  ];
}

/**
 * Renders only the objects that decide who reaches whom: namespaces and network policies.
 * @throws UnrenderableTenant
 */
export function renderNetwork(tenant: TenantInput): KubernetesObject[] {
  const { environments } = tenant;
  const opened = isCutOff(tenant) ? [] : environments;
  return rendering(tenant, () => [
    ...environments.map((environment) => renderNamespace(tenant, environment)),
    ...environments.map((environment) => renderDefaultDeny(tenant, environment)),
    ...opened.flatMap((environment) => renderAllows(tenant, environment)),
  ]);
}

/**
 * Renders only the objects with which the mesh decides who calls whom, in the order of application.
 * @throws UnrenderableTenant
 */
export function renderMeshPolicies(tenant: TenantInput): KubernetesObject[] {
  const objects = rendering(tenant, () =>
    tenant.environments.flatMap((environment) => [
      ...renderMeshRestrictions(tenant, environment),
      ...renderMeshAllows(tenant, environment),
    ]),
  );
  return objects.filter(({ kind }) => decidingKinds.has(kind));
}

const decidingKinds = new Set(['PeerAuthentication', 'AuthorizationPolicy', 'Server']);
