import { TenantsService } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';

import { PolicyViolation } from './policy-violation.entity.js';

/** Audits keep at most a few dozen violations per policy. */
const MOST = 1_000;

/** Reads the violations that audits found. */
@Injectable()
export class PolicyViolations {
  constructor(
    @InjectRepository(PolicyViolation) private readonly violations: Repository<PolicyViolation>,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * Lists the violations of a tenant, by policy.
   * @throws `tenant.not_found`
   */
  async ofTenant(tenantId: string): Promise<PolicyViolation[]> {
    const { id } = await this.tenants.get(tenantId);
    return this.violations.find({ where: { tenantId: id }, order: { policyId: 'ASC', object: 'ASC' }, take: MOST });
  }
}
