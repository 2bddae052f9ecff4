import { type DriftPolicy } from '#plans';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';

import { TenantsService } from '../changes/tenants.service.js';
import { PlansService } from '../plans/plans.service.js';
import { TenantDrift } from './tenant-drift.entity.js';

/** The drift of a tenant as of the worker's last look. */
export interface DriftReport {
  tenantId: string;
  policy: DriftPolicy;
  /** When a pass last compared the whole object set with the cluster; null before the first. */
  observedAt: Date | null;
  /** Open drift by object, then healed drift, newest first. */
  items: TenantDrift[];
}

/** Reads the drift that workers recorded. */
@Injectable()
export class DriftService {
  constructor(
    @InjectRepository(TenantDrift) private readonly drift: Repository<TenantDrift>,
    private readonly tenants: TenantsService,
    private readonly plans: PlansService,
  ) {}

  /** @throws `tenant.not_found` */
  async report(id: string): Promise<DriftReport> {
    const tenant = await this.tenants.get(id);
    const { version } = await this.plans.getVersion(tenant.planId, tenant.planVersion);
    const open = await this.drift.find({ where: { tenantId: id, healedAt: IsNull() }, order: { object: 'ASC' } });
    const healed = await this.drift.find({
      where: { tenantId: id, healedAt: Not(IsNull()) },
      order: { healedAt: 'DESC', object: 'ASC' },
    });
    const { policy } = version.spec.drift;
    return { tenantId: id, policy, observedAt: tenant.observedAt, items: [...open, ...healed] };
  }
}
