/** All permissions, as `resource:verb`. Every route of the API declares one. */
export const permissions = [
  'plans:read',
  'plans:write',
  'tenants:read',
  'tenants:write',
  'tenants:delete',
  'holds:write',
  // Deletes a tenant before its plan's retention is over, which cannot be undone.
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
  // Propose and revoke.
  'links:write',
  'links:consent',
  // Read the audit log of all tenants.
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

/** Reports whether a role has a permission. */
export function allows(role: Role, permission: Permission): boolean {
  return granted[role].includes(permission);
}
