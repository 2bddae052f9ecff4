import { PolicyViolations } from '#policies';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Endpoint } from '../http/endpoint.decorator.js';
import { toViolationsResponse, violationsResponse, type ViolationsResponse } from './policy.schema.js';

@ApiTags('policies')
@Controller('v1')
export class ViolationsController {
  constructor(private readonly violations: PolicyViolations) {}

  @Get('tenants/:id/violations')
  @Endpoint({
    id: 'listPolicyViolations',
    summary: 'List the policy violations of a tenant',
    description:
      'From the audit of Gatekeeper, which checks existing objects. Covers Rego policies in every mode, with at most ' +
      'as many violations per policy as Gatekeeper keeps (by default 20).',
    permission: 'policies:read',
    ok: { status: 200, schema: violationsResponse, description: 'Violations, by policy.' },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<ViolationsResponse> {
    return toViolationsResponse(await this.violations.ofTenant(id));
  }
}
