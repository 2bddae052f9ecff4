import { type Principal } from '#access';
import { TenantsService } from '#tenancy';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { meResponse, type MeResponse, MOST_TENANTS, toMeResponse } from './me.schema.js';

/** Tells callers who they are. */
@ApiTags('me')
@Controller('v1/me')
export class MeController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  @Endpoint({
    id: 'getMe',
    summary: 'Get the caller',
    description: 'Who the credential of the request belongs to, and what it may do: everywhere, and in which tenants.',
    permission: 'authenticated',
    reach: 'filtered',
    ok: { status: 200, schema: meResponse, description: 'The caller.' },
  })
  async get(@CurrentCaller() caller: Principal): Promise<MeResponse> {
    const { tenantIds } = caller.reach;
    if (tenantIds.length === 0) return toMeResponse(caller, []);
    const page = { limit: MOST_TENANTS, after: null };
    const { items } = await this.tenants.list({}, page, { tenantIds, createdBy: null });
    return toMeResponse(caller, items);
  }
}
