import { DomainError } from '#problems';

import { type Tenant } from './tenant.entity.js';

/**
 * A tenant whose deletion is scheduled or has begun takes no change.
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
    `The tenant "${slug}" is deleted at ${deletesAt.toISOString()} and cannot be changed before. ` +
    'POST /v1/tenants/{id}/undelete calls the deletion back.';
  throw new DomainError('tenant.deleting', detail);
}
