import { type Permission, permissions } from './permission.js';

/**
 * Which tenants a principal can see and change: all, those that it created, or the one that its key is bound to.
 * Requests that concern the whole platform need `all`.
 */
export type ReachKind = 'all' | 'created' | 'tenant';

interface BuiltInRole {
  description: string;
  reach: ReachKind;
  permissions: readonly Permission[];
}

const reading = ['plans:read', 'tenants:read', 'operations:read'] as const satisfies readonly Permission[];
const ofTenant = ['tenants:read', 'operations:read'] as const satisfies readonly Permission[];

/** Least privilege by role (NIST SP 800-53, AC-6). A permission that is not listed is denied. */
export const builtInRoles = {
  'platform-admin': { description: 'Everything.', reach: 'all', permissions },
  operator: {
    description: 'Runs tenants, without plans, policies, deletions ahead of time, and access of others to this API.',
    reach: 'all',
    permissions: [
      ...reading,
      'tenants:create',
      'tenants:update',
      'tenants:set-plan',
      'tenants:set-external-id',
      'tenants:delete',
      'labels:write',
      'members:write',
      'hosts:write',
      'routes:write',
      'network-rules:write',
      'network-rules:exceed',
      'emergency-rules:read',
      'emergency-rules:write',
      'holds:billing',
      'holds:admin',
      'holds:security',
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
    ],
  },
  billing: {
    description: 'A billing system: plans and external ids of tenants, holds of the source `billing`, deletions.',
    reach: 'all',
    permissions: [
      ...reading,
      'tenants:update',
      'tenants:set-plan',
      'tenants:set-external-id',
      'tenants:delete',
      'holds:billing',
    ],
  },
  signup: {
    description: 'A signup flow: creates tenants, and sees only those.',
    reach: 'created',
    permissions: ['tenants:create', 'tenants:read', 'operations:read'],
  },
  auditor: {
    description: 'Reads everything, and runs isolation checks.',
    reach: 'all',
    permissions: [
      ...reading,
      'rollouts:read',
      'policies:read',
      'clusters:read',
      'emergency-rules:read',
      'quarantines:read',
      'isolation-checks:read',
      'isolation-checks:run',
      'links:read',
      'audit:read',
      'api-keys:read',
      'roles:read',
    ],
  },
  'tenant-owner': {
    description: 'The owner of one tenant: its members, hosts, routes and network rules.',
    reach: 'tenant',
    permissions: [...ofTenant, 'tenants:update', 'members:write', 'hosts:write', 'routes:write', 'network-rules:write'],
  },
  'tenant-admin': {
    description: 'An administrator of one tenant: its hosts, routes and network rules.',
    reach: 'tenant',
    permissions: [...ofTenant, 'tenants:update', 'hosts:write', 'routes:write', 'network-rules:write'],
  },
  'tenant-developer': {
    description: 'A developer of one tenant: its routes.',
    reach: 'tenant',
    permissions: [...ofTenant, 'routes:write'],
  },
  'tenant-viewer': { description: 'Reads one tenant.', reach: 'tenant', permissions: ofTenant },
} as const satisfies Record<string, BuiltInRole>;

export type BuiltInRoleName = keyof typeof builtInRoles;

export const builtInRoleNames = Object.keys(builtInRoles) as BuiltInRoleName[];

/** Returns a built-in role; null if there is none of this name. */
export function builtInRole(name: string): BuiltInRole | null {
  return Object.hasOwn(builtInRoles, name) ? builtInRoles[name as BuiltInRoleName] : null;
}
