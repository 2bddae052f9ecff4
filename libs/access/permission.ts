/** What a caller may be allowed to do, `resource:verb`. Every route of the API names one. */
export const permissions = [
  'plans:read',
  'plans:write',
  'tenants:read',
  'tenants:write',
  'tenants:delete',
  'holds:write',
  // Ends a tenant before its plan's retention is over: nobody can call that back.
  'tenants:purge',
  'operations:read',
  'operations:write',
  'rollouts:read',
  'rollouts:write',
  'policies:read',
  'policies:write',
  'clusters:read',
  'quarantines:read',
  'quarantines:write',
  'isolation-checks:read',
  'isolation-checks:run',
  'links:read',
  // Proposes and revokes.
  'links:write',
  'links:consent',
  // Who changed what, everywhere.
  'audit:read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['platform-admin', 'operator', 'billing', 'signup', 'auditor'] as const;
export type Role = (typeof roles)[number];

const readEverything: readonly Permission[] = ['plans:read', 'tenants:read', 'operations:read'];

/** Least privilege by role. A permission that is not listed is denied. */
const granted: Record<Role, readonly Permission[]> = {
  'platform-admin': permissions,
  operator: [
    ...readEverything,
    ...([
      'tenants:write',
      'tenants:delete',
      'holds:write',
      'operations:write',
      'rollouts:read',
      'rollouts:write',
      'policies:read',
      'policies:write',
      'clusters:read',
      'quarantines:read',
      'quarantines:write',
      'isolation-checks:read',
      'isolation-checks:run',
      'links:read',
      'links:write',
      'links:consent',
    ] as const),
  ],
  billing: [...readEverything, 'tenants:write', 'tenants:delete', 'holds:write', 'operations:write'],
  signup: [...readEverything, 'tenants:write'],
  auditor: [
    ...readEverything,
    'rollouts:read',
    'policies:read',
    'clusters:read',
    'quarantines:read',
    'isolation-checks:read',
    'isolation-checks:run',
    'links:read',
    'audit:read',
  ],
};

/** Whether callers with this role may do what the permission names. */
export function allows(role: Role, permission: Permission): boolean {
  return granted[role].includes(permission);
}
