import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { OperationsService, TenantsService } from '#tenancy';
import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { refuseRolesBeyond } from '../access/refuse-beyond.js';
import { scopeOf } from '../access/reach.guard.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type ChangeTarget, Target } from '../http/if-preview-match.js';
import { pageRequest, pageResponse } from '../http/paging.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import { getTenantQuery, listTenantsQuery, toTenantFilter } from './tenant-queries.js';
import {
  acceptedChange,
  createTenantRequest,
  readTenant,
  toNewTenant,
  toTenantChange,
  tenantPage,
  tenantObjectsResponse,
  type TenantObjectsResponse,
  tenantResponse,
  type TenantResponse,
  toTenantObjectsResponse,
  toTenantResponse,
  updateTenantRequest,
} from './tenant.schema.js';

const isTenantId = (text: string): boolean => uuidOf('tenant', text) !== null;

/** The response to every change of a tenant. */
export const accepted = acceptedOperation(tenantResponse, {
  headers: ['ETag'],
  read: async (services, { id }) => readTenant(await services.get(TenantsService, { strict: false }).get(id)),
});

@ApiTags('tenants')
@Controller('v1/tenants')
export class TenantsController {
  constructor(
    private readonly tenants: TenantsService,
    private readonly operations: OperationsService,
  ) {}

  @Post()
  @Endpoint({
    id: 'createTenant',
    summary: 'Create a tenant',
    description:
      'Stores the tenant and returns at once; a worker then creates its namespaces and everything in them. The slug cannot be changed later.',
    permission: 'tenants:create',
    reach: 'filtered',
    ok: accepted,
    fails: [
      ...(['request.invalid', 'tenant.slug_taken', 'tenant.namespace_taken', 'tenant.external_id_taken'] as const),
      ...([
        'tenant.plan_unknown',
        'tenant.plan_retired',
        'tenant.plan_limit',
        'tenant.capability_missing',
        'idempotency.key_reused',
      ] as const),
    ],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: createTenantRequest }) body: z.output<typeof createTenantRequest>,
  ): Promise<Answer<TenantResponse>> {
    if (!caller.reach.all && !caller.reach.created) {
      throw new DomainError('auth.forbidden', 'A caller that is bound to a tenant cannot create others.');
    }
    const by = { by: caller.id, scope: scopeOf(caller) };
    return acceptedChange(await this.tenants.create(transaction, by, toNewTenant(body)));
  }

  @Get()
  @Endpoint({
    id: 'listTenants',
    summary: 'List tenants',
    description: 'Newest first. Filters can be combined.',
    permission: 'tenants:read',
    reach: 'filtered',
    ok: { status: 200, schema: tenantPage, description: 'Tenants, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @CurrentCaller() caller: Principal,
    @Query({ schema: listTenantsQuery }) query: z.output<typeof listTenantsQuery>,
  ): Promise<z.output<typeof tenantPage>> {
    const filter = toTenantFilter(query);
    const scope = scopeOf(caller);
    const page = await this.tenants.list(filter, pageRequest(query, isTenantId), scope);
    const total = query.count === 'true' ? { total: await this.tenants.count(filter, scope) } : {};
    return { ...pageResponse(page, toTenantResponse), ...total };
  }

  @Get(':id')
  @Endpoint({
    id: 'getTenant',
    summary: 'Get a tenant',
    description:
      'The `ETag` of the response can be sent as `If-Match` with a change. With `wait`, answers once the tenant has no ' +
      'unfinished operation.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: tenantResponse, description: 'The tenant.', headers: ['ETag'] },
    fails: ['request.invalid', 'tenant.not_found'],
  })
  async get(
    @Param('id') id: string,
    @Query({ schema: getTenantQuery }) { wait }: z.output<typeof getTenantQuery>,
  ): Promise<Answer<TenantResponse>> {
    await this.operations.waitForTenant(id, wait);
    return readTenant(await this.tenants.get(id));
  }

  @Patch(':id')
  @Endpoint({
    id: 'updateTenant',
    summary: 'Update a tenant',
    description: 'JSON Merge Patch (RFC 7396): absent fields stay unchanged, null clears.',
    permission: ['tenants:update', 'tenants:set-plan', 'tenants:set-external-id', 'labels:write', 'members:write'],
    reach: 'tenant',
    bodyPermissions: {
      displayName: 'tenants:update',
      plan: 'tenants:set-plan',
      externalId: 'tenants:set-external-id',
      labels: 'labels:write',
      members: 'members:write',
    },
    ok: accepted,
    fails: [
      ...(['request.invalid', 'precondition.failed', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const),
      ...(['precondition.preview_stale', 'member.last_owner'] as const),
      ...([
        'tenant.external_id_taken',
        'tenant.plan_unknown',
        'tenant.plan_retired',
        'tenant.plan_limit',
        'tenant.capability_missing',
      ] as const),
    ],
    conditional: true,
    previewable: true,
  })
  async update(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Target() target: ChangeTarget,
    @Body({ schema: updateTenantRequest }) body: z.output<typeof updateTenantRequest>,
  ): Promise<Answer<TenantResponse>> {
    refuseRolesBeyond(caller, body.members?.map(({ role }) => role) ?? []);
    return acceptedChange(await this.tenants.update(transaction, caller.id, target, toTenantChange(body)));
  }

  @Get(':id/objects')
  @Endpoint({
    id: 'listTenantObjects',
    summary: 'List the objects of a tenant in the cluster',
    description: 'What Bulkhead has written for the tenant, as a worker recorded it.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: tenantObjectsResponse, description: 'Objects by kind, namespace and name.' },
    fails: ['tenant.not_found'],
  })
  async listObjects(@Param('id') id: string): Promise<TenantObjectsResponse> {
    return toTenantObjectsResponse(await this.tenants.listObjects(id));
  }
}
