import { type Principal } from '#access';
import { isolationReport, type IsolationReport } from '#certificates';
import { type Transaction, uuidOf } from '#persistence';
import { IsolationChecksService } from '#proof';
import { Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { formatOf, rendered, reportMediaTypes } from './formats/formats.js';
import {
  acceptedIsolationCheck,
  getIsolationCheckQuery,
  isolationCheckResponse,
  type IsolationCheckResponse,
  listedIsolationCheck,
  type ListedIsolationCheck,
  listIsolationChecksQuery,
  reportQuery,
  toIsolationCheckResponse,
  toListedIsolationCheck,
} from './isolation-check.schema.js';

const isCheckId = (text: string): boolean => uuidOf('check', text) !== null;

/** Runs isolation checks and serves their reports. */
@ApiTags('isolation checks')
@Controller('v1/tenants/:id/isolation-checks')
export class IsolationChecksController {
  constructor(private readonly checks: IsolationChecksService) {}

  @Post()
  @Endpoint({
    id: 'createIsolationCheck',
    summary: 'Create an isolation check',
    description:
      'Proves that the tenant is kept apart. A worker asks the API server what members of the tenant can do, and ' +
      'sends writes that must be refused as dry runs: the checks of the Multi-Tenancy Benchmarks and more. Nothing ' +
      'is changed. While a check is running, further requests return it.',
    permission: 'isolation-checks:run',
    ok: {
      status: 202,
      schema: isolationCheckResponse,
      description: 'The check. Poll `Location` with `wait`.',
      headers: ['Location'],
    },
    fails: ['tenant.not_found', 'tenant.deleting', 'idempotency.key_reused'],
    idempotent: true,
  })
  async request(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<IsolationCheckResponse>> {
    return acceptedIsolationCheck(await this.checks.request(transaction, caller.id, id));
  }

  @Get()
  @Endpoint({
    id: 'listIsolationChecks',
    summary: 'List the isolation checks of a tenant',
    description: 'Newest first, without their reports.',
    permission: 'isolation-checks:read',
    ok: { status: 200, schema: pageSchema(listedIsolationCheck), description: 'Isolation checks, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'tenant.not_found'],
  })
  async list(
    @Param('id') id: string,
    @Query({ schema: listIsolationChecksQuery }) query: z.output<typeof listIsolationChecksQuery>,
  ): Promise<PageOf<ListedIsolationCheck>> {
    return pageResponse(await this.checks.list(id, pageRequest(query, isCheckId)), toListedIsolationCheck);
  }

  @Get(':checkId')
  @Endpoint({
    id: 'getIsolationCheck',
    summary: 'Get an isolation check',
    description:
      'With `wait`, waits for the check to finish. `jws` covers all of `report`. Verify it with `bulkhead ' +
      'verify-certificate`, or with any JWS library and the keys at `/.well-known/bulkhead-deletion-keys.json`.',
    permission: 'isolation-checks:read',
    ok: { status: 200, schema: isolationCheckResponse, description: 'The isolation check.' },
    fails: ['request.invalid', 'isolation_check.not_found'],
  })
  async get(
    @Param('id') id: string,
    @Param('checkId') checkId: string,
    @Query({ schema: getIsolationCheckQuery }) { wait }: z.output<typeof getIsolationCheckQuery>,
  ): Promise<IsolationCheckResponse> {
    return toIsolationCheckResponse(await this.checks.get(id, checkId, wait));
  }

  @Get(':checkId/report')
  @Endpoint({
    id: 'getIsolationReport',
    summary: 'Get the report of an isolation check',
    description:
      'As JSON, as a web page (`format=html` or `Accept: text/html`), as JUnit XML for pipelines (`junit` or ' +
      '`application/xml`) or as SARIF for scanners (`sarif` or `application/sarif+json`).',
    permission: 'isolation-checks:read',
    ok: { status: 200, schema: isolationReport, description: 'The report.', mediaTypes: reportMediaTypes },
    fails: [
      ...(['request.invalid', 'isolation_check.not_found'] as const),
      ...(['isolation_check.unfinished', 'isolation_check.failed'] as const),
    ],
  })
  async report(
    @Param('id') id: string,
    @Param('checkId') checkId: string,
    @Query({ schema: reportQuery }) { format }: z.output<typeof reportQuery>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { report, keyId } = await this.checks.report(id, checkId);
    const { type, body } = rendered(report as IsolationReport, keyId, format ?? formatOf(accept));
    void reply.type(type).headers({
      vary: 'accept',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    return body;
  }
}
