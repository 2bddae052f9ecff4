import { violatedUnique } from '#persistence';
import { invalidMember } from '#problems';

/**
 * Maps a violated unique constraint of a tenant to its problem; returns any other error unchanged.
 * @param tenant the tenant that was written.
 */
export function asTakenProblem(error: unknown, tenant: { slug: string; externalId: string | null }): unknown {
  const constraint: string = violatedUnique(error) ?? '';
  switch (constraint) {
    case 'tenants_slug_key':
      return invalidMember('tenant.slug_taken', '/slug', `The slug "${tenant.slug}" is already taken.`);
    case 'tenants_external_id_key':
      return invalidMember('tenant.external_id_taken', '/externalId', `Another tenant has this external id.`);
    case 'environments_namespace_key':
      return invalidMember(
        'tenant.namespace_taken',
        '/slug',
        `A namespace name derived from the slug "${tenant.slug}" and its environments belongs to another tenant.`,
      );
    default:
      return error;
  }
}
