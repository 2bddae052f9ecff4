import { type Principal } from '#access';
import { planIdSchema, planSpecSchema } from '#plans';
import { type Transaction } from '#persistence';
import { PlansService } from '#tenancy';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  createdPlan,
  createPlanRequest,
  createPlanVersionRequest,
  listPlansQuery,
  planResponse,
  type PlanResponse,
  toPlanResponse,
  updatePlanRequest,
} from './plan.schema.js';

type ListQuery = z.output<typeof listPlansQuery>;
type PlanPage = PageOf<PlanResponse>;

const isPlanId = (text: string): boolean => planIdSchema.safeParse(text).success;
const isVersion = (text: string): boolean => /^\d{1,9}$/.test(text);
const versionParameter = z.coerce.number().int().min(1).max(999_999_999);
const headers = ['Location'] as const;

@ApiTags('plans')
@Controller('v1')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  @Post('plans')
  @Endpoint({
    id: 'createPlan',
    summary: 'Create a plan',
    description: 'Creates the plan with its first version. Tenants are then created with the id of the plan.',
    permission: 'plans:write',
    ok: { status: 201, schema: planResponse, description: 'The plan at its first version.', headers },
    fails: ['request.invalid', 'plan.id_taken', 'idempotency.key_reused'],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: createPlanRequest }) body: z.output<typeof createPlanRequest>,
  ): Promise<Answer<PlanResponse>> {
    return createdPlan(await this.plans.create(transaction, caller.id, body));
  }

  @Get('plans')
  @Endpoint({
    id: 'listPlans',
    summary: 'List plans',
    description: 'Ordered by id. `GET /v1/plans/{id}/versions` returns older versions.',
    permission: 'plans:read',
    ok: { status: 200, schema: pageSchema(planResponse), description: 'Plans by id, each at its latest version.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(@Query({ schema: listPlansQuery }) query: ListQuery): Promise<PlanPage> {
    return pageResponse(await this.plans.list(pageRequest(query, isPlanId)), toPlanResponse);
  }

  @Get('plans/:id')
  @Endpoint({
    id: 'getPlan',
    summary: 'Get a plan',
    description: 'Returns the latest version. Tenants may have an older one.',
    permission: 'plans:read',
    ok: { status: 200, schema: planResponse, description: 'The plan at its latest version.' },
    fails: ['plan.not_found'],
  })
  async get(@Param('id') id: string): Promise<PlanResponse> {
    return toPlanResponse(await this.plans.get(id));
  }

  @Patch('plans/:id')
  @Endpoint({
    id: 'updatePlan',
    summary: 'Update a plan',
    description: 'Renames it, retires it, or offers it again. What it contains changes with a new version only.',
    permission: 'plans:write',
    ok: { status: 200, schema: planResponse, description: 'The plan at its latest version.' },
    fails: ['request.invalid', 'plan.not_found'],
  })
  async update(
    @CurrentTransaction() transaction: Transaction,
    @Param('id') id: string,
    @Body({ schema: updatePlanRequest }) body: z.output<typeof updatePlanRequest>,
  ): Promise<PlanResponse> {
    return toPlanResponse(await this.plans.update(transaction, id, body));
  }

  @Delete('plans/:id')
  @Endpoint({
    id: 'deletePlan',
    summary: 'Delete a plan',
    description: 'Only a plan that no tenant has or had, deleted ones included. Others can be retired.',
    permission: 'plans:write',
    ok: { status: 200, schema: planResponse, description: 'The plan as it was.' },
    fails: ['plan.not_found', 'plan.in_use'],
  })
  async delete(@CurrentTransaction() transaction: Transaction, @Param('id') id: string): Promise<PlanResponse> {
    return toPlanResponse(await this.plans.delete(transaction, id));
  }

  @Post('plans/:id/versions')
  @Endpoint({
    id: 'createPlanVersion',
    summary: 'Create the next version of a plan',
    description: 'Tenants stay on their current version until they are moved.',
    permission: 'plans:write',
    ok: { status: 201, schema: planResponse, description: 'The plan at its new version.', headers },
    fails: ['request.invalid', 'plan.not_found', 'plan.unchanged', 'idempotency.key_reused'],
    idempotent: true,
  })
  async createVersion(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: createPlanVersionRequest }) body: z.output<typeof createPlanVersionRequest>,
  ): Promise<Answer<PlanResponse>> {
    return createdPlan(await this.plans.createVersion(transaction, caller.id, id, body.spec));
  }

  @Get('plans/:id/versions')
  @Endpoint({
    id: 'listPlanVersions',
    summary: 'List the versions of a plan',
    description: 'Oldest first. Versions are never changed or deleted.',
    permission: 'plans:read',
    ok: { status: 200, schema: pageSchema(planResponse), description: 'Versions, oldest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'plan.not_found'],
  })
  async listVersions(@Param('id') id: string, @Query({ schema: listPlansQuery }) query: ListQuery): Promise<PlanPage> {
    return pageResponse(await this.plans.listVersions(id, pageRequest(query, isVersion)), toPlanResponse);
  }

  @Get('plans/:id/versions/:version')
  @Endpoint({
    id: 'getPlanVersion',
    summary: 'Get a version of a plan',
    description: 'Returns the plan as it was at that version.',
    permission: 'plans:read',
    ok: { status: 200, schema: planResponse, description: 'The plan at that version. Versions are immutable.' },
    fails: ['request.invalid', 'plan.not_found', 'plan.version_not_found'],
  })
  async getVersion(
    @Param('id') id: string,
    @Param('version', { schema: versionParameter }) version: number,
  ): Promise<PlanResponse> {
    return toPlanResponse(await this.plans.getVersion(id, version));
  }

  @Get('plan-schema')
  @Endpoint({
    id: 'getPlanSchema',
    summary: 'Get the JSON Schema of plans',
    description: 'For editors and for validation before a plan is sent.',
    permission: 'plans:read',
    ok: { status: 200, schema: z.record(z.string(), z.unknown()), description: 'JSON Schema (2020-12) of `spec`.' },
  })
  schema(): object {
    return z.toJSONSchema(planSpecSchema, { io: 'input' });
  }
}
