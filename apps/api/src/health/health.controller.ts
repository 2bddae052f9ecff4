import { setTimeout as pause } from 'node:timers/promises';

import { Statements } from '#persistence';
import { DomainError } from '#problems';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';

/** Readiness probes rarely have a longer timeout. */
const DATABASE_TIMEOUT_MS = 2_000;

const healthResponse = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });
type HealthResponse = z.output<typeof healthResponse>;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly statements: Statements) {}

  @Get('live')
  @Endpoint({
    id: 'checkLiveness',
    summary: 'Check liveness',
    description: 'Answers as long as the process runs. It does not look at the database.',
    permission: 'none',
    ok: { status: 200, schema: healthResponse, description: 'The process is running.' },
  })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Endpoint({
    id: 'checkReadiness',
    summary: 'Check readiness',
    description: 'Answers 503 while the database cannot be reached.',
    permission: 'none',
    ok: { status: 200, schema: healthResponse, description: 'The database answers.' },
    fails: ['service.unavailable'],
  })
  async ready(): Promise<HealthResponse> {
    // Deliberately ignores the queue: without it changes are still accepted, and the sweeper finds them.
    const slow = pause(DATABASE_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new DomainError('service.unavailable', `The database did not answer within ${DATABASE_TIMEOUT_MS} ms.`);
    });
    await Promise.race([this.statements.run('health', 'SELECT 1', []), slow]);
    return { status: 'ok' };
  }
}
