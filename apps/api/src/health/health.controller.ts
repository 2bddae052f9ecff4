import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';

const healthResponse = z.strictObject({ status: z.literal('ok') });
type HealthResponse = z.output<typeof healthResponse>;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
  ) {}

  @Get('live')
  @Endpoint({
    summary: 'Whether the process runs',
    permission: 'none',
    ok: { status: 200, schema: healthResponse, description: 'It runs.' },
  })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Endpoint({
    summary: 'Whether the process can answer requests',
    permission: 'none',
    ok: { status: 200, schema: healthResponse, description: 'The database answers.' },
    fails: ['service.unavailable'],
  })
  async ready(): Promise<HealthResponse> {
    // The queue is left out on purpose: without it changes are still accepted, and the sweeper finds them.
    await this.checks.check([() => this.database.pingCheck('database', { timeout: 2_000 })]);
    return { status: 'ok' };
  }
}
