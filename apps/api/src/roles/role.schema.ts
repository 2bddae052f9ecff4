import { builtInRoles, permissions, type Role } from '#access';
import { readableLines } from '#plans';
import { z } from 'zod';

import { permission } from '../http/permission.schema.js';

export const roleName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/, 'Must have 3 to 63 lower-case letters, digits and hyphens.');

export const putRoleRequest = z
  .strictObject({
    description: readableLines(500).default(''),
    permissions: z.array(permission).min(1).max(permissions.length),
  })
  .meta({ examples: [{ description: 'First-level support.', permissions: ['tenants:read', 'operations:read'] }] });

export const roleResponse = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    reach: z
      .enum(['all', 'created', 'tenant'])
      .describe('Tenants that callers see: all, those that they created, or the one that their key is bound to.'),
    builtIn: z.boolean(),
    createdBy: z.string().nullable().describe('Who defined the role; null: it is built in.'),
    createdAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Role' });
export type RoleResponse = z.output<typeof roleResponse>;

export const rolesResponse = z.strictObject({ items: z.array(roleResponse) }).meta({ id: 'RoleList' });
export type RolesResponse = z.output<typeof rolesResponse>;

/** Maps a role that an administrator defined to its response. */
export function toRoleResponse({ name, description, permissions: given, createdBy, ...at }: Role): RoleResponse {
  const [createdAt, updatedAt] = [at.createdAt.toISOString(), at.updatedAt.toISOString()];
  return { name, description, permissions: given, reach: 'all', builtIn: false, createdBy, createdAt, updatedAt };
}

/** Returns the response for each built-in role. */
export function builtInRoleResponses(): RoleResponse[] {
  return Object.entries(builtInRoles).map(([name, { description, reach, permissions: given }]) => ({
    ...{ name, description, permissions: [...given], reach, builtIn: true },
    ...{ createdBy: null, createdAt: null, updatedAt: null },
  }));
}
