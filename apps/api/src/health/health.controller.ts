import { setTimeout as pause } from 'node:timers/promises';

import { Statements } from '#persistence';
import { DomainError } from '#problems';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';

/** What asks whether a process is ready has seldom more patience. */
const DATABASE_TIMEOUT_MS = 2_000;

const healthResponse = z.strictObject({ status: z.literal('ok') });
type HealthResponse = z.output<typeof healthResponse>;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly statements: Statements) {}

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
    const slow = pause(DATABASE_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new DomainError('service.unavailable', `The database did not answer within ${DATABASE_TIMEOUT_MS} ms.`);
    });
    await Promise.race([this.statements.run('health', 'SELECT 1', []), slow]);
    return { status: 'ok' };
  }
}
