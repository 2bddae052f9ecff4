import { DomainError } from '#problems';

import { type Tenant } from './tenant.entity.js';

/**
 * Refuses changes of a tenant whose deletion is scheduled or has begun.
 * @throws `tenant.deleting`
 */
export function refuseWhileDeleting({
  slug,
  deletionRequestedAt,
  deletesAt,
}: Pick<Tenant, 'slug' | 'deletionRequestedAt' | 'deletesAt'>): void {
  if (deletionRequestedAt !== null) {
    throw new DomainError('tenant.deleting', `The tenant "${slug}" is being deleted and cannot be changed.`);
  }
  if (deletesAt === null) return;
  const detail =
    `The tenant "${slug}" will be deleted at ${deletesAt.toISOString()} and cannot be changed. ` +
    'Cancel the deletion with POST /v1/tenants/{id}/undelete.';
  throw new DomainError('tenant.deleting', detail);
}
