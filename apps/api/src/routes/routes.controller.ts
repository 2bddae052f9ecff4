import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { RoutesService } from '#routing';
import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { IfMatch } from '../http/if-match.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import {
  acceptedRoute,
  createRouteRequest,
  readRoute,
  routeResponse,
  type RouteResponse,
  routesResponse,
  type RoutesResponse,
  toNewRoute,
  toRouteChange,
  toRouteResponse,
  updateRouteRequest,
} from './route.schema.js';

const accepted = acceptedOperation(routeResponse, { headers: ['ETag'] });
const changeFails = ['request.invalid', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const;
const contentFails = [
  ...(['tenant_route.host_foreign', 'tenant_route.host_conflict', 'tenant_route.unsupported'] as const),
  ...(['tenant.plan_limit', 'service.unavailable'] as const),
];

/** Manages the routes of tenants. */
@ApiTags('routes')
@Controller('v1/tenants/:id/routes')
export class RoutesController {
  constructor(private readonly routes: RoutesService) {}

  @Post()
  @Endpoint({
    id: 'createRoute',
    summary: 'Create a route',
    description:
      'Routes requests for the tenant’s hosts to its services through the platform’s gateway (Gateway API): by path, ' +
      'headers and method, and by weight among several services. The gateway reaches only pods with the labels in ' +
      '`podLabels`.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: [
      ...changeFails,
      ...(['tenant_route.name_taken', 'tenant_route.environment_unknown'] as const),
      ...contentFails,
      'idempotency.key_reused',
    ],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: createRouteRequest }) body: z.output<typeof createRouteRequest>,
  ): Promise<Answer<RouteResponse>> {
    return acceptedRoute(await this.routes.create(transaction, caller.id, id, toNewRoute(body)));
  }

  @Get()
  @Endpoint({
    id: 'listRoutes',
    summary: 'List the routes of a tenant',
    description: 'All routes with the current weights of their services.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: routesResponse, description: 'All routes, by name.' },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<RoutesResponse> {
    return { items: (await this.routes.list(id)).map(toRouteResponse) };
  }

  @Get(':name')
  @Endpoint({
    id: 'getRoute',
    summary: 'Get a route',
    description: 'The `ETag` of the response can be sent as `If-Match` with a change.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: routeResponse, description: 'The route.', headers: ['ETag'] },
    fails: ['tenant.not_found', 'tenant_route.not_found'],
  })
  async get(@Param('id') id: string, @Param('name') name: string): Promise<Answer<RouteResponse>> {
    return readRoute(await this.routes.get(id, name));
  }

  @Patch(':name')
  @Endpoint({
    id: 'updateRoute',
    summary: 'Update a route',
    description:
      'JSON Merge Patch (RFC 7396): absent fields stay unchanged, lists are replaced. Refused during a shift.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: [
      ...changeFails,
      ...(['tenant_route.not_found', 'tenant_route.shifting', 'precondition.failed'] as const),
      ...contentFails,
    ],
    conditional: true,
  })
  async update(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() { id, name }: { id: string; name: string },
    @IfMatch('name') revisions: readonly number[] | null,
    @Body({ schema: updateRouteRequest }) body: z.output<typeof updateRouteRequest>,
  ): Promise<Answer<RouteResponse>> {
    const target = { tenantId: id, name, revisions };
    return acceptedRoute(await this.routes.update(transaction, caller.id, target, toRouteChange(body)));
  }

  @Delete(':name')
  @Endpoint({
    id: 'deleteRoute',
    summary: 'Delete a route',
    description: 'Refused during a shift: abort the shift first.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, 'tenant_route.not_found', 'tenant_route.shifting'],
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<Answer<RouteResponse>> {
    return acceptedRoute(await this.routes.remove(transaction, caller.id, id, name));
  }
}
