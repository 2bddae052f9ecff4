import { type Principal } from '#access';
import { type Tenant, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { permission } from '../http/permission.schema.js';

/** Tenants of a caller that the answer contains; lists contain all. */
export const MOST_TENANTS = 200;

const roles = z.array(z.string()).describe('Names of the roles; empty if an API key has permissions of its own.');

export const meResponse = z
  .strictObject({
    id: z.string().describe('The principal, as in operations and the audit log.'),
    kind: z.enum(['key', 'person', 'workload']),
    name: z.string().describe('For humans.'),
    email: z.string().nullable().describe('The address, if an issuer has verified it.'),
    expiresAt: z.iso.datetime().nullable().describe('When the token ends; null for an API key.'),
    platform: z
      .strictObject({ roles, permissions: z.array(permission) })
      .nullable()
      .describe('What the caller may do on the whole platform and in all tenants; null if it reaches only some.'),
    created: z
      .strictObject({ roles, permissions: z.array(permission) })
      .nullable()
      .describe('What the caller may do in the tenants that it creates; null if that is nothing more.'),
    tenants: z
      .array(
        z.strictObject({
          id: z.string(),
          slug: z.string(),
          displayName: z.string(),
          phase: z.enum(tenantPhases),
          namespaces: z.array(z.strictObject({ environment: z.string(), name: z.string() })),
          roles,
          permissions: z.array(permission),
        }),
      )
      .max(MOST_TENANTS)
      .describe(`Tenants that the caller is bound to or a member of, newest first, at most ${MOST_TENANTS}.`),
  })
  .meta({ id: 'Me' });
export type MeResponse = z.output<typeof meResponse>;
type Rights = NonNullable<MeResponse['platform']>;

/** Maps a caller and the tenants of its grants to a response. */
export function toMeResponse(caller: Principal, tenants: readonly Tenant[]): MeResponse {
  const { id, kind, name, email, expiresAt } = caller;
  return {
    ...{ id, kind, name, email, expiresAt: expiresAt?.toISOString() ?? null },
    platform: rightsBy(caller, ({ all }) => all),
    created: rightsBy(caller, ({ created }) => created),
    tenants: tenants.map((tenant) => ({
      ...{ id: tenant.id, slug: tenant.slug, displayName: tenant.displayName, phase: tenant.phase },
      namespaces: tenant.environments.map(({ name: environment, namespace }) => ({ environment, name: namespace })),
      ...(rightsBy(caller, ({ tenantIds }) => tenantIds.includes(tenant.id)) ?? { roles: [], permissions: [] }),
    })),
  };
}

/** Returns what the grants with such a reach allow together; null if there is none. */
function rightsBy({ grants }: Principal, isMeant: (reach: Principal['reach']) => boolean): Rights | null {
  const meant = grants.filter(({ reach }) => isMeant(reach));
  if (meant.length === 0) return null;
  const roleNames = meant.map(({ role }) => role).filter((role) => role !== null);
  const permissions = new Set(meant.flatMap((grant) => [...grant.permissions]));
  return { roles: [...new Set(roleNames)], permissions: [...permissions].sort() };
}
