/** All permissions, as `resource:verb`, and what each allows. Every route of the API declares one. */
export const permissionDescriptions = {
  'plans:read': 'Read plans and their versions.',
  'plans:write': 'Create, rename, retire and delete plans, and create new versions of them.',
  'tenants:read': 'Read tenants and what belongs to them: holds, hosts, routes, objects, drift, reachability, traffic.',
  'tenants:create': 'Create tenants, with members, labels and an external id.',
  'tenants:update': 'Change the display name of a tenant, add environments within its plan, and preview changes.',
  'tenants:set-plan': 'Change the plan of a tenant.',
  'tenants:set-external-id': 'Change the external id of a tenant.',
  'tenants:delete': 'Delete tenants when their retention is over, and cancel that.',
  'tenants:purge': 'Delete a tenant before the retention of its plan is over, which cannot be undone.',
  'labels:write': 'Change the labels of a tenant, by which policies, rollouts and quarantines select.',
  'members:write': 'Change the members of a tenant, who get access to its namespaces.',
  'hosts:write': 'Give hosts to a tenant, and take them away.',
  'routes:write': 'Change the routes of a tenant, and shift their traffic.',
  'holds:billing': 'Place and lift holds of the source `billing`.',
  'holds:admin': 'Place and lift holds of the source `admin`.',
  'holds:security': 'Place and lift holds of the source `security`.',
  'operations:read': 'Read operations.',
  'operations:write': 'Retry and cancel operations.',
  'rollouts:read': 'Read rollouts.',
  'rollouts:write': 'Start and control rollouts of plan versions.',
  'policies:read': 'Read policies, test them, and read violations.',
  'policies:write': 'Create, change and delete policies.',
  'clusters:read': 'Read clusters.',
  'quarantines:read': 'Read quarantines.',
  'quarantines:write': 'Quarantine tenants by what runs in them, and lift quarantines.',
  'isolation-checks:read': 'Read isolation checks and their reports.',
  'isolation-checks:run': 'Run isolation checks.',
  'network-rules:write': 'Create, change and delete network rules of a tenant, within its plan.',
  'emergency-rules:read': 'Read network rules for many tenants.',
  'emergency-rules:write': 'Deny traffic of many tenants at once, and lift such rules.',
  'network-rules:exceed': 'Create network rules that open more than the plan lets them.',
  'links:read': 'Read links between tenants.',
  'links:write': 'Propose and revoke links.',
  'links:consent': 'Consent to links for one side.',
  'links:consent-for-both': 'Consent to a link for both of its sides.',
  'audit:read': 'Read the audit log of all tenants.',
  'api-keys:read': 'Read API keys, never their secrets.',
  'api-keys:write': 'Create, rotate and revoke API keys that can do no more than the caller.',
  'roles:read': 'Read roles.',
  'roles:write': 'Create, change and delete roles that can do no more than the caller.',
} as const;
export type Permission = keyof typeof permissionDescriptions;

export const permissions = Object.keys(permissionDescriptions) as Permission[];

/** Returns the permissions among these names. A stored name can be of a newer or older version, which grants nothing. */
export function knownPermissions(names: readonly string[]): Permission[] {
  return names.filter((name): name is Permission => Object.hasOwn(permissionDescriptions, name));
}
