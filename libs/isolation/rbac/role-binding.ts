import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment, type TenantInput, type TenantMember, type TenantRole } from '../model/tenant-input.js';
import { clusterRoleNames } from './cluster-roles.js';
import { DEPLOYER } from './service-account.js';

const RBAC = 'rbac.authorization.k8s.io';

/** An owner's additional rights exist only in Bulkhead; in the cluster owners and admins are the same. */
const clusterRoleOf: Record<TenantRole, string> = {
  'tenant-owner': clusterRoleNames.admin,
  'tenant-admin': clusterRoleNames.admin,
  'tenant-developer': clusterRoleNames.developer,
  'tenant-viewer': clusterRoleNames.viewer,
};

/**
 * Renders one RoleBinding for each ClusterRole that has members, and the deployer's, all named after their ClusterRole.
 * @throws Error when a member's name begins with `system:`: such a name denotes a part of the cluster, and binding
 *   `system:authenticated` would let in everyone
 */
export function renderRoleBindings(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const system = tenant.members.find(({ name }) => name.startsWith('system:'));
  if (system !== undefined) throw new Error(`Refusing to bind system name "${system.name}" in tenant ${tenant.id}.`);
  const bind = (name: string, subjects: readonly object[]): KubernetesObject => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: environment.namespace, labels: environmentLabels(tenant, environment) },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects,
  });
  const members = [clusterRoleNames.admin, clusterRoleNames.developer, clusterRoleNames.viewer]
    .map((role) => ({ role, subjects: subjectsOf(tenant.members, role, environment) }))
    .filter(({ subjects }) => subjects.length > 0);
  const deployer = { kind: 'ServiceAccount', name: DEPLOYER, namespace: environment.namespace };
  return [...members.map(({ role, subjects }) => bind(role, subjects)), bind(clusterRoleNames.deployer, [deployer])];
}

/** Returns the distinct subjects of one ClusterRole, in an order independent of that of the members. */
function subjectsOf(members: readonly TenantMember[], clusterRole: string, { namespace }: TenantEnvironment): object[] {
  const ofRole = members.filter(({ role }) => clusterRoleOf[role] === clusterRole);
  const subjects = ofRole.map(({ kind, name, namespace: own }) =>
    kind === 'ServiceAccount' ? [kind, name, own ?? namespace] : [kind, name],
  );
  const keys = new Set(subjects.map((subject) => JSON.stringify(subject)));
  return [...keys].sort().map((key) => {
    const [kind, name, of] = JSON.parse(key) as [string, string, string?];
    return of === undefined ? { apiGroup: RBAC, kind, name } : { kind, name, namespace: of };
  });
}
