import { type Principal } from '#access';
import { OperationsService, TenantsService } from '#tenancy';
import { Controller, Get, Headers, Param, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { ReachGuard, type RouteTarget } from '../access/reach.guard.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { EventStreams } from './event-streams.js';
import { operationState, tenantState } from './stream-states.js';

const ok: EndpointOptions['ok'] = {
  status: 200,
  schema: z.string(),
  description: 'Server-sent events.',
  mediaTypes: ['text/event-stream'],
  noContent: 'The client already has the last event.',
  headers: ['Cache-Control'],
};

const about =
  'Server-sent events. The first event is the current state; each later event is the state after a change. ' +
  'Short-lived states can be skipped, the latest never is. With `Last-Event-ID`, the state that the client already ' +
  'has is not sent again; if it was the last one, the status is 204. A comment is sent every 15 seconds.';

@Controller('v1')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly operations: OperationsService,
    private readonly tenants: TenantsService,
    private readonly reach: ReachGuard,
  ) {}

  @Get('operations/:id/events')
  @ApiTags('operations')
  @Endpoint({
    id: 'followOperation',
    summary: 'Follow an operation',
    description: `${about} Each event is named \`operation\` and contains the operation, until it finishes.`,
    permission: 'operations:read',
    reach: 'operation',
    ok,
    streams: true,
    fails: ['operation.not_found', 'events.too_many_streams'],
  })
  async operation(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentCaller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const target: RouteTarget = { id, reach: 'operation', permission: 'operations:read' };
    return this.answer(target, async () => operationState(await this.operations.get(id)), {
      lastEventId,
      caller,
      reply,
    });
  }

  @Get('tenants/:id/events')
  @ApiTags('tenants')
  @Endpoint({
    id: 'followTenant',
    summary: 'Follow a tenant',
    description: `${about} Each event is named \`tenant\` and contains the tenant, until it is deleted.`,
    permission: 'tenants:read',
    reach: 'tenant',
    ok,
    streams: true,
    fails: ['tenant.not_found', 'events.too_many_streams'],
  })
  async tenant(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentCaller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const target: RouteTarget = { id, reach: 'tenant', permission: 'tenants:read' };
    return this.answer(target, async () => tenantState(await this.tenants.get(id)), { lastEventId, caller, reply });
  }

  private answer(
    target: RouteTarget,
    read: () => Promise<ReturnType<typeof operationState>>,
    client: { lastEventId: string | undefined; caller: Principal; reply: FastifyReply },
  ): Promise<StreamableFile | undefined> {
    const { lastEventId = null, caller, reply } = client;
    const allowed = (): Promise<boolean> => this.reach.stillAllows(caller, target);
    return this.streams.answer({ id: target.id, read, allowed, lastEventId, reply });
  }
}
