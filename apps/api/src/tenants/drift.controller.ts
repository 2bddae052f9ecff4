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
    id: 'getTenantDrift',
    summary: 'Get the drift of a tenant',
    description:
      'What others changed in the cluster, field by field and by whom, as of the worker’s last look; the API itself ' +
      'never talks to a cluster. Changes by Bulkhead (another plan, other members) are not drift.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: driftResponse, description: 'Open and recently healed drift.' },
    fails: ['tenant.not_found'],
  })
  async report(@Param('id') id: string): Promise<DriftResponse> {
    return toDriftResponse(await this.drift.report(id));
  }
}
