import { DomainError } from '#problems';

import { type Tenant } from './tenant.entity.js';

/**
 * Refuses changes of a tenant whose deletion has begun, or is scheduled and suspends it. One that runs until then can be
 * changed like any other.
 * @throws `tenant.deleting`
 */
export function refuseWhileDeleting({
  slug,
  deletionRequestedAt,
  deletesAt,
  deletionSuspends,
}: Pick<Tenant, 'slug' | 'deletionRequestedAt' | 'deletesAt' | 'deletionSuspends'>): void {
  if (deletionRequestedAt !== null) {
    throw new DomainError('tenant.deleting', `The tenant "${slug}" is being deleted and cannot be changed.`);
  }
  if (deletesAt === null || !deletionSuspends) return;
  const detail =
    `The tenant "${slug}" will be deleted at ${deletesAt.toISOString()} and cannot be changed. ` +
    'Cancel the deletion with POST /v1/tenants/{id}/undelete.';
  throw new DomainError('tenant.deleting', detail);
}
