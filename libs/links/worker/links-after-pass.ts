import { type LinkInForce } from '#tenancy';
import { type EntityManager } from 'typeorm';

import { hasUnrecordedLinks, scheduleServiceLook, recordLinksInForce } from './link-rows.js';

/** What a pass did that concerns links. */
interface PassedTenant {
  /** Links whose objects on the tenant's side are in place. */
  readonly links: readonly LinkInForce[];
  readonly applied: readonly { readonly kind: string }[];
  readonly removed: readonly { readonly kind: string }[];
}

/**
 * Records a pass's effect on links before the pass is settled: the tenant's side of them is in force, and Services that
 * may have changed are looked at again soon.
 */
export const linksAfterPass = {
  before(
    tenant: { readonly id: string },
    { links, applied, removed }: PassedTenant,
  ): ((manager: EntityManager) => Promise<void>) | null {
    const isService = ({ kind }: { kind: string }): boolean => kind === 'Service';
    const unseen = hasUnrecordedLinks({ id: tenant.id, links });
    const touchesServices = applied.some(isService) || removed.some(isService);
    if (!unseen && !touchesServices) return null;
    return async (manager) => {
      if (unseen) await recordLinksInForce(manager, tenant, links);
      if (touchesServices) await scheduleServiceLook(manager, tenant.id);
    };
  },
};
