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
    summary: 'List what a tenant has that policies do not allow',
    description:
      'From the audit of Gatekeeper, which looks at what stands: of policies in Rego, whatever their mode, and at most ' +
      'as many of one policy as Gatekeeper keeps (20 unless told otherwise).',
    permission: 'policies:read',
    ok: { status: 200, schema: violationsResponse, description: 'Violations, by policy.' },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<ViolationsResponse> {
    return toViolationsResponse(await this.violations.ofTenant(id));
  }
}
