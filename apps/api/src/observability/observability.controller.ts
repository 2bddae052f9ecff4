import { type Dashboard, fleetDashboard, ruleFile, type RuleFile, ruleFileYaml, tenantDashboard } from '#observability';
import { TenantsService } from '#tenancy';
import { TrafficService } from '#traffic';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import { dashboardResponse, rulesQuery, rulesResponse } from './observability.schema.js';
import { toTrafficResponse, trafficQuery, trafficResponse, type TrafficResponse } from './traffic.schema.js';

const YAML = 'application/yaml';

/** Serves the mesh metrics of tenants, with dashboards and recording rules. */
@ApiTags('observability')
@Controller('v1')
export class ObservabilityController {
  constructor(
    private readonly traffic: TrafficService,
    private readonly tenants: TenantsService,
  ) {}

  @Get('tenants/:id/traffic')
  @Endpoint({
    id: 'getTenantTraffic',
    summary: 'Get the traffic of a tenant',
    description:
      'Queries the configured Prometheus, which needs the rules of `GET /v1/observability/rules`. The numbers come ' +
      'from the mesh proxies in the tenant’s own namespaces.',
    permission: 'tenants:read',
    ok: { status: 200, schema: trafficResponse, description: 'The traffic; each number with its query.' },
    fails: ['request.invalid', 'tenant.not_found', 'traffic.not_configured', 'traffic.unavailable'],
  })
  async ofTenant(
    @Param('id') id: string,
    @Query({ schema: trafficQuery }) { window }: z.output<typeof trafficQuery>,
  ): Promise<TrafficResponse> {
    return toTrafficResponse(await this.traffic.of(id, window));
  }

  @Get('tenants/:id/dashboard')
  @Endpoint({
    id: 'getTenantDashboard',
    summary: 'Get the Grafana dashboard of a tenant',
    description: 'Shows the mesh metrics of the tenant’s own namespaces.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: dashboardResponse, description: 'The dashboard, ready to import into Grafana.' },
    fails: ['tenant.not_found'],
  })
  async dashboard(@Param('id') id: string): Promise<Dashboard> {
    const { id: tenantId, slug, environments } = await this.tenants.get(id);
    return tenantDashboard({ id: tenantId, slug, namespaces: environments.map(({ namespace }) => namespace) });
  }

  @Get('observability/dashboard')
  @Endpoint({
    id: 'getFleetDashboard',
    summary: 'Get the Grafana dashboard of all tenants',
    description: 'Shows the mesh metrics of all tenants, with one to choose.',
    permission: 'tenants:read',
    ok: { status: 200, schema: dashboardResponse, description: 'The dashboard, ready to import into Grafana.' },
  })
  fleet(): Dashboard {
    return fleetDashboard;
  }

  @Get('observability/rules')
  @Endpoint({
    id: 'getRecordingRules',
    summary: 'Get the recording rules for Prometheus',
    description:
      'The same for every mesh and any number of tenants. Prometheus loads both formats: JSON and YAML ' +
      `(\`format=yaml\` or \`Accept: ${YAML}\`).`,
    permission: 'tenants:read',
    ok: {
      status: 200,
      schema: rulesResponse,
      description: 'A rule file.',
      mediaTypes: ['application/json', YAML],
    },
    fails: ['request.invalid'],
  })
  rules(
    @Query({ schema: rulesQuery }) { format }: z.output<typeof rulesQuery>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): RuleFile | string {
    void reply.header('vary', 'accept');
    if (format === undefined ? accept?.includes(YAML) !== true : format === 'json') return ruleFile;
    void reply.type(YAML).header('x-content-type-options', 'nosniff');
    return ruleFileYaml();
  }
}
