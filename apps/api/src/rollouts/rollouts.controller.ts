import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { RolloutChanges, RolloutsService } from '#rollouts';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  acceptedRollout,
  createRolloutRequest,
  listRolloutsQuery,
  listRolloutTenantsQuery,
  resumeRolloutRequest,
  rolloutResponse,
  type RolloutResponse,
  rolloutTenantResponse,
  type RolloutTenantResponse,
  toRolloutResponse,
  toRolloutTenantResponse,
} from './rollout.schema.js';

const isRolloutId = (text: string): boolean => uuidOf('rollout', text) !== null;
const isPosition = (text: string): boolean => /^\d{1,9}$/.test(text);

const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: rolloutResponse,
  description: 'The rollout. Poll `Location` until it has finished.',
  headers: ['Location'],
};
const changeFails = ['rollout.not_found', 'rollout.state_conflict', 'idempotency.key_reused'] as const;

@ApiTags('rollouts')
@Controller('v1')
export class RolloutsController {
  constructor(
    private readonly rollouts: RolloutsService,
    private readonly changes: RolloutChanges,
  ) {}

  @Post('plans/:id/rollouts')
  @Endpoint({
    id: 'createRollout',
    summary: 'Create a rollout',
    description:
      'Moves the tenants of a plan to another version of it: first a canary, then the others in batches. Includes ' +
      'the tenants that are on the plan now.',
    permission: 'rollouts:write',
    ok: accepted,
    fails: [
      ...(['request.invalid', 'plan.not_found', 'plan.version_not_found'] as const),
      ...(['rollout.active', 'rollout.canary_unknown', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: createRolloutRequest }) body: z.output<typeof createRolloutRequest>,
  ): Promise<Answer<RolloutResponse>> {
    return acceptedRollout(await this.rollouts.create(transaction, caller.id, id, body));
  }

  @Get('plans/:id/rollouts')
  @Endpoint({
    id: 'listRollouts',
    summary: 'List the rollouts of a plan',
    description: 'Newest first.',
    permission: 'rollouts:read',
    ok: { status: 200, schema: pageSchema(rolloutResponse), description: 'Rollouts, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'plan.not_found'],
  })
  async list(
    @Param('id') id: string,
    @Query({ schema: listRolloutsQuery }) query: z.output<typeof listRolloutsQuery>,
  ): Promise<PageOf<RolloutResponse>> {
    return pageResponse(await this.rollouts.list(id, pageRequest(query, isRolloutId)), toRolloutResponse);
  }

  @Get('rollouts/:id')
  @Endpoint({
    id: 'getRollout',
    summary: 'Get a rollout',
    description: 'Returns the state of the rollout and the number of tenants in each state.',
    permission: 'rollouts:read',
    ok: { status: 200, schema: rolloutResponse, description: 'The rollout.' },
    fails: ['rollout.not_found'],
  })
  async get(@Param('id') id: string): Promise<RolloutResponse> {
    return toRolloutResponse(await this.rollouts.get(id));
  }

  @Get('rollouts/:id/tenants')
  @Endpoint({
    id: 'listRolloutTenants',
    summary: 'List the tenants of a rollout',
    description: 'In the order in which they are moved, with the error of those that failed.',
    permission: 'rollouts:read',
    ok: {
      status: 200,
      schema: pageSchema(rolloutTenantResponse),
      description: 'Tenants in the order in which they are moved.',
    },
    fails: ['request.invalid', 'request.cursor_invalid', 'rollout.not_found'],
  })
  async listTenants(
    @Param('id') id: string,
    @Query({ schema: listRolloutTenantsQuery }) query: z.output<typeof listRolloutTenantsQuery>,
  ): Promise<PageOf<RolloutTenantResponse>> {
    const page = await this.rollouts.listTenants(id, query.state, pageRequest(query, isPosition));
    return pageResponse(page, toRolloutTenantResponse);
  }

  @Post('rollouts/:id/pause')
  @Endpoint({
    id: 'pauseRollout',
    summary: 'Pause a rollout',
    description: 'No further tenants are started; tenants in flight finish.',
    permission: 'rollouts:write',
    ok: accepted,
    fails: changeFails,
    idempotent: true,
  })
  async pause(
    @CurrentTransaction() transaction: Transaction,
    @Param('id') id: string,
  ): Promise<Answer<RolloutResponse>> {
    return acceptedRollout(await this.changes.pause(transaction, id));
  }

  @Post('rollouts/:id/resume')
  @Endpoint({
    id: 'resumeRollout',
    summary: 'Resume a rollout',
    description: 'Continues in the current direction. Earlier failures no longer count towards `maxFailures`.',
    permission: 'rollouts:write',
    ok: accepted,
    fails: ['request.invalid', ...changeFails],
    idempotent: true,
  })
  async resume(
    @CurrentTransaction() transaction: Transaction,
    @Param('id') id: string,
    @Body({ schema: resumeRolloutRequest }) { retryFailed }: z.output<typeof resumeRolloutRequest>,
  ): Promise<Answer<RolloutResponse>> {
    return acceptedRollout(await this.changes.resume(transaction, id, retryFailed));
  }

  @Post('rollouts/:id/stop')
  @Endpoint({
    id: 'stopRollout',
    summary: 'Stop a rollout',
    description: 'Ends the rollout. Tenants in flight finish; pending tenants are skipped.',
    permission: 'rollouts:write',
    ok: accepted,
    fails: changeFails,
    idempotent: true,
  })
  async stop(
    @CurrentTransaction() transaction: Transaction,
    @Param('id') id: string,
  ): Promise<Answer<RolloutResponse>> {
    return acceptedRollout(await this.changes.stop(transaction, id));
  }

  @Post('rollouts/:id/rollback')
  @Endpoint({
    id: 'rollBackRollout',
    summary: 'Roll back a rollout',
    description:
      'Returns its tenants to their previous versions, tenants in flight first. Also possible after the rollout has ' +
      'finished, unless the plan has another active rollout.',
    permission: 'rollouts:write',
    ok: accepted,
    fails: [...changeFails, 'rollout.active'],
    idempotent: true,
  })
  async rollBack(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<RolloutResponse>> {
    return acceptedRollout(await this.changes.rollBack(transaction, caller.id, id));
  }
}
