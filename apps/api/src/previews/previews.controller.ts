import { type Principal } from '#access';
import { uuidOf } from '#persistence';
import { PreviewsService } from '#tenancy';
import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { pageRequest } from '../http/paging.js';
import { toTenantChange, updateTenantRequest } from '../tenants/tenant.schema.js';
import {
  planPreviewQuery,
  planPreviewRequest,
  planPreviewResponse,
  type PlanPreviewResponse,
  previewedTenant,
  tenantPreviewQuery,
  tenantPreviewResponse,
  type TenantPreviewResponse,
  toPlanPreviewRequest,
  toPlanPreviewResponse,
} from './preview.schema.js';

const isTenantId = (text: string): boolean => uuidOf('tenant', text) !== null;

const askTheWorker =
  'Nothing is changed: a worker sends every object to the API server as a dry run. The answer is kept for a day.';

@Controller('v1')
export class PreviewsController {
  constructor(private readonly previews: PreviewsService) {}

  @Post('tenants/:id/preview')
  @ApiTags('tenants')
  @Endpoint({
    id: 'previewTenantUpdate',
    summary: 'Preview an update of a tenant',
    description:
      `Takes the same body as \`PATCH /v1/tenants/{id}\`. ${askTheWorker} Send \`token\` as \`If-Preview-Match\` ` +
      'with the PATCH to apply exactly the previewed change or nothing.',
    changesNothing: true,
    permission: ['tenants:update', 'tenants:set-plan', 'tenants:set-external-id', 'labels:write', 'members:write'],
    reach: 'tenant',
    ok: {
      status: 200,
      schema: tenantPreviewResponse,
      description: 'What the change would do.',
      headers: ['Preview-Match'],
    },
    fails: [
      ...(['request.invalid', 'tenant.not_found', 'tenant.deleting', 'tenant.external_id_taken'] as const),
      ...([
        'tenant.plan_unknown',
        'tenant.plan_retired',
        'tenant.plan_limit',
        'tenant.capability_missing',
        'preview.timeout',
        'preview.failed',
      ] as const),
    ],
  })
  async ofTenant(
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Query({ schema: tenantPreviewQuery }) { wait }: z.output<typeof tenantPreviewQuery>,
    @Body({ schema: updateTenantRequest }) body: z.output<typeof updateTenantRequest>,
  ): Promise<Answer<TenantPreviewResponse>> {
    return previewedTenant(await this.previews.ofTenant(caller.id, id, toTenantChange(body), wait));
  }

  @Post('plans/:id/preview')
  @ApiTags('plans')
  @Endpoint({
    id: 'previewPlanVersion',
    summary: 'Preview a new version of a plan',
    description: askTheWorker,
    changesNothing: true,
    permission: 'plans:write',
    reach: 'tenant',
    ok: {
      status: 200,
      schema: planPreviewResponse,
      description: 'The changes to each tenant of the plan, page by page.',
    },
    fails: [
      ...(['request.invalid', 'request.cursor_invalid', 'plan.not_found', 'tenant.not_found'] as const),
      ...(['preview.timeout', 'preview.failed'] as const),
    ],
  })
  async ofPlan(
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Query({ schema: planPreviewQuery }) query: z.output<typeof planPreviewQuery>,
    @Body({ schema: planPreviewRequest }) body: z.output<typeof planPreviewRequest>,
  ): Promise<PlanPreviewResponse> {
    const request = toPlanPreviewRequest(body, pageRequest(query, isTenantId));
    return toPlanPreviewResponse(await this.previews.ofPlan(caller.id, id, request, query.wait));
  }
}
