import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import { matrixPicture } from './matrix-picture.js';
import {
  BASIS,
  matrixQuery,
  matrixResponse,
  type MatrixResponse,
  tenantReachabilityResponse,
  type TenantReachabilityResponse,
  toMatrix,
  toTenantReachability,
} from './reachability.schema.js';
import { ReachabilityService } from './reachability.service.js';

const SVG = 'image/svg+xml';

/** Reports which tenants and platform places can reach each other. */
@ApiTags('reachability')
@Controller('v1')
export class ReachabilityController {
  constructor(private readonly reachability: ReachabilityService) {}

  @Get('tenants/:id/reachability')
  @Endpoint({
    id: 'getTenantReachability',
    summary: 'Get the reachability of a tenant',
    description:
      'What the tenant reaches and what reaches it, with the objects and rules that open or close each path. ' + BASIS,
    permission: 'tenants:read',
    ok: { status: 200, schema: tenantReachabilityResponse, description: 'The paths, open and closed.' },
    fails: ['tenant.not_found', 'tenant.not_renderable', 'reachability.cluster_unknown'],
  })
  async ofTenant(@Param('id') id: string): Promise<TenantReachabilityResponse> {
    return toTenantReachability(await this.reachability.ofTenant(id));
  }

  @Get('reachability')
  @Endpoint({
    id: 'getReachability',
    summary: 'Get the reachability of all tenants',
    description:
      `Returns a picture with \`format=svg\` or \`Accept: ${SVG}\`, in which equivalent tenants share a row if there ` +
      `are many. ${BASIS}`,
    permission: 'tenants:read',
    ok: {
      status: 200,
      schema: matrixResponse,
      description: 'All places and the open paths between them.',
      mediaTypes: ['application/json', SVG],
    },
    fails: ['request.invalid', 'reachability.cluster_unknown'],
  })
  async ofAll(
    @Query({ schema: matrixQuery }) { format }: z.output<typeof matrixQuery>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MatrixResponse | string> {
    const matrix = await this.reachability.ofAll();
    void reply.header('vary', 'accept');
    if (format === undefined ? accept?.includes(SVG) !== true : format === 'json') return toMatrix(matrix);
    void reply.type(SVG).headers({
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    });
    return matrixPicture(matrix, BASIS);
  }
}
