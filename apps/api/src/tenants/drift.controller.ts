import { DriftService } from '#tenancy';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Endpoint } from '../http/endpoint.decorator.js';
import { driftResponse, type DriftResponse, toDriftResponse } from './drift.schema.js';

@ApiTags('tenants')
@Controller('v1/tenants')
export class DriftController {
  constructor(private readonly drift: DriftService) {}

  @Get(':id/drift')
  @Endpoint({
    summary: 'Read what others changed in the cluster',
    description:
      'What the worker last saw, field by field, and who did it. The API itself never talks to a cluster. Changes that ' +
      'come from Bulkhead (another plan, other members) are not drift.',
    permission: 'tenants:read',
    ok: { status: 200, schema: driftResponse, description: 'What is open, and what was put right lately.' },
    fails: ['tenant.not_found'],
  })
  async report(@Param('id') id: string): Promise<DriftResponse> {
    return toDriftResponse(await this.drift.report(id));
  }
}
