import { violatedUnique } from '#persistence';
import { invalidMember } from '#problems';

/**
 * The problem behind a violated uniqueness of a tenant; any other error comes back as it is.
 * @param tenant what was being written.
 */
export function asTakenProblem(error: unknown, tenant: { slug: string; externalId: string | null }): unknown {
  const constraint: string = violatedUnique(error) ?? '';
  switch (constraint) {
    case 'tenants_slug_key':
      return invalidMember('tenant.slug_taken', '/slug', `The slug "${tenant.slug}" is taken.`);
    case 'tenants_external_id_key':
      return invalidMember('tenant.external_id_taken', '/externalId', `Another tenant has this external id.`);
    case 'environments_namespace_key':
      return invalidMember(
        'tenant.namespace_taken',
        '/slug',
        `A namespace that the slug "${tenant.slug}" and its environments lead to belongs to another tenant.`,
      );
    default:
      return error;
  }
}
