import { allows, type Principal } from '#access';
import { type Transaction } from '#persistence';
import { ExternalIds } from '#tenancy';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { lacking } from '../access/lacking.js';
import { scopeOf } from '../access/reach.guard.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type Demand, Preconditions } from '../http/preconditions.js';
import {
  acceptedPut,
  externalId,
  putTenantRequest,
  readTenant,
  tenantResponse,
  type TenantResponse,
  toWantedTenant,
} from './tenant.schema.js';
import { accepted } from './tenants.controller.js';

/** Tenants by the ids that a billing system gave them. */
@ApiTags('tenants')
@Controller('v1/tenants/by-external-id')
export class ExternalIdsController {
  constructor(private readonly externalIds: ExternalIds) {}

  @Get(':externalId')
  @Endpoint({
    id: 'getTenantByExternalId',
    summary: 'Get a tenant by its external id',
    description: 'The same as by its id. Deleted tenants have no external id any more.',
    permission: 'tenants:read',
    reach: 'external-id',
    ok: { status: 200, schema: tenantResponse, description: 'The tenant.', headers: ['ETag'] },
    fails: ['request.invalid', 'tenant.not_found'],
  })
  async get(
    @CurrentCaller() caller: Principal,
    @Param('externalId', { schema: externalId }) id: string,
  ): Promise<Answer<TenantResponse>> {
    return readTenant(await this.externalIds.get(id, scopeOf(caller)));
  }

  @Put(':externalId')
  @Endpoint({
    id: 'putTenant',
    summary: 'Create or update a tenant by its external id',
    description:
      'Sent twice, or by two callers at once, it creates one tenant. Absent members stay as they are. A plan without a ' +
      'version keeps the version that the tenant has of that plan. Creating also needs `tenants:create`. With ' +
      '`If-None-Match: *` it only creates, with `If-Match` it only updates.',
    permission: ['tenants:update', 'tenants:set-plan', 'tenants:set-external-id', 'labels:write', 'members:write'],
    reach: 'external-id',
    bodyPermissions: {
      displayName: 'tenants:update',
      plan: 'tenants:set-plan',
      labels: 'labels:write',
      members: 'members:write',
    },
    ok: { ...accepted, unchanged: 'The tenant is like this already. Nothing was changed, and there is no operation.' },
    fails: [
      ...(['request.invalid', 'tenant.not_found', 'tenant.slug_fixed', 'tenant.environments_differ'] as const),
      ...(['tenant.slug_taken', 'tenant.namespace_taken', 'tenant.external_id_taken', 'tenant.deleting'] as const),
      ...([
        'tenant.frozen',
        'tenant.plan_unknown',
        'tenant.plan_retired',
        'tenant.plan_limit',
        'tenant.capability_missing',
      ] as const),
    ],
    conditional: true,
  })
  async put(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('externalId', { schema: externalId }) id: string,
    @Preconditions() demand: Demand,
    @Body({ schema: putTenantRequest }) body: z.output<typeof putTenantRequest>,
  ): Promise<Answer<TenantResponse>> {
    const put = await this.externalIds.put(transaction, id, toWantedTenant(body), {
      requestedBy: caller.id,
      scope: scopeOf(caller),
      lacksCreate: allows(caller, 'tenants:create') ? null : lacking(caller, [['tenants:create']]),
      demand: (tenant) => {
        demand(tenant && { id: tenant.id, revision: tenant.generation });
      },
    });
    return acceptedPut(put);
  }
}
