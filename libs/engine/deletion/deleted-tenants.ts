import { uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type PassResult } from '../pass/pass-result.js';
import { type SettleHook } from '../pass/settle-hook.js';
import { DeletionCertificates } from './deletion-certificates.js';

/** Certifies the deletion of a tenant when its last pass is settled, releases its names and forgets its objects. */
@Injectable()
export class DeletedTenants implements SettleHook {
  constructor(private readonly certificates: DeletionCertificates) {}

  within(tenant: LeasedTenant, result: PassResult): ReturnType<NonNullable<SettleHook['within']>> {
    if (!result.deleted) return null;
    return async (manager, { cancelled }) => {
      if (cancelled) return;
      await this.certificates.issue(manager, tenant, result);
      const id = uuidOf('tenant', tenant.id);
      await manager.query('UPDATE environments SET released_at = now() WHERE tenant_id = $1', [id]);
      await manager.query('DELETE FROM tenant_objects WHERE tenant_id = $1', [id]);
      await manager.query('DELETE FROM suspended_workloads WHERE tenant_id = $1', [id]);
    };
  }
}
