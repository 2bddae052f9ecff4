import { TenantsService } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';

import { PolicyViolation } from './policy-violation.entity.js';

/** No audit keeps more of one policy than a few dozens. */
const MOST = 1_000;

/** What audits found that policies do not allow. */
@Injectable()
export class PolicyViolations {
  constructor(
    @InjectRepository(PolicyViolation) private readonly violations: Repository<PolicyViolation>,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * Those of a tenant, by policy.
   * @throws `tenant.not_found`
   */
  async ofTenant(tenantId: string): Promise<PolicyViolation[]> {
    const { id } = await this.tenants.get(tenantId);
    return this.violations.find({ where: { tenantId: id }, order: { policyId: 'ASC', object: 'ASC' }, take: MOST });
  }
}
