import { type Principal } from '#access';
import { DomainError } from '#problems';
import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { scopeOf } from '../access/reach.guard.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { RequestValidation } from '../http/validation.js';
import { PAGE_HEADERS, queryPage, type PageResult } from './query-page.js';
import { pageFields, type PageFields, toQuery } from './query-page.schema.js';
import {
  connectionQuery,
  connectionResponse,
  type ConnectionResponse,
  toConnectionResponse,
  toQuestions,
} from './query.schema.js';
import { BASIS } from './reachability.schema.js';
import { ReachabilityService } from './reachability.service.js';

const HTML = 'text/html';

/** Answers whether connections are open, and which objects and rules decide. */
@ApiTags('reachability')
@Controller('v1/reachability/query')
export class ReachabilityQueryController {
  private readonly validation = new RequestValidation();

  constructor(private readonly reachability: ReachabilityService) {}

  @Post()
  @Endpoint({
    id: 'queryReachability',
    summary: 'Test connections',
    description:
      'For one connection, or for up to 1,000 in `questions`. One end at least is a pod of a tenant. For callers that ' +
      'reach only some tenants, nothing exists but these and addresses.',
    permission: 'tenants:read',
    reach: 'filtered',
    changesNothing: true,
    ok: { status: 200, schema: connectionResponse, description: 'The verdict, or the verdicts in the order asked.' },
    fails: [
      ...(['request.invalid', 'reachability.end_unknown', 'tenant.not_renderable'] as const),
      'reachability.cluster_unknown',
    ],
  })
  async query(
    @CurrentCaller() caller: Principal,
    @Body({ schema: connectionQuery }) body: z.output<typeof connectionQuery>,
  ): Promise<ConnectionResponse> {
    const answers = await this.reachability.connections(scopeOf(caller), toQuestions(body));
    return toConnectionResponse(answers, body.questions !== undefined);
  }

  @Get()
  @Endpoint({
    id: 'getReachabilityQueryPage',
    summary: 'Get a page to test a connection',
    description: 'A form for one connection, and the verdict or what is wrong with the question.',
    permission: 'tenants:read',
    reach: 'filtered',
    ok: { status: 200, schema: z.string(), description: 'The page.', mediaTypes: [HTML] },
    fails: ['request.invalid', 'reachability.cluster_unknown'],
  })
  async page(
    @CurrentCaller() caller: Principal,
    @Query({ schema: pageFields }) fields: PageFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const result = await this.result(caller, toQuery(fields));
    void reply.type(`${HTML}; charset=utf-8`).headers(PAGE_HEADERS);
    return queryPage(fields, result, BASIS);
  }

  /** What a person can mend is told on the page. */
  private async result(caller: Principal, query: object | null): Promise<PageResult | null> {
    if (query === null) return null;
    try {
      const body = this.validation.transform(query, { type: 'custom', schema: connectionQuery });
      const questions = toQuestions(body as z.output<typeof connectionQuery>);
      const [answer] = await this.reachability.connections(scopeOf(caller), questions);
      return answer === undefined ? null : { answer };
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'reachability.cluster_unknown') throw error;
      return { faults: error.errors.length > 0 ? error.errors : [{ pointer: '', detail: error.message }] };
    }
  }
}
