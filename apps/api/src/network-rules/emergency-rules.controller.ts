import { type Principal } from '#access';
import { EmergencyRulesService } from '#network-rules';
import { type Transaction, uuidOf } from '#persistence';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  acceptedEmergencyRule,
  emergencyRadiusResponse,
  type EmergencyRadiusResponse,
  emergencyRuleListItem,
  type EmergencyRuleListItem,
  emergencyRuleRequest,
  emergencyRuleResponse,
  type EmergencyRuleResponse,
  listEmergencyRulesQuery,
  previewEmergencyRuleRequest,
  toEmergencyRadius,
  toEmergencyRuleListItem,
  toEmergencyRuleResponse,
  toNewEmergencyRule,
} from './emergency-rule.schema.js';

const isRuleId = (text: string): boolean => uuidOf('rule', text) !== null;
const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: emergencyRuleResponse,
  description: 'The rule. Poll `Location` until no tenant is pending.',
  headers: ['Location'],
};
const contentFails = [
  'request.invalid',
  'network_rule.no_effect',
  'network_rule.expired',
  'network_rule.limit',
] as const;

/** Denies traffic of many tenants at once. */
@ApiTags('network rules')
@Controller('v1/network-rules')
export class EmergencyRulesController {
  constructor(private readonly rules: EmergencyRulesService) {}

  @Post('preview')
  @Endpoint({
    id: 'previewEmergencyRule',
    summary: 'Preview an emergency rule',
    description: 'Lists the tenants that would match.',
    changesNothing: true,
    permission: 'emergency-rules:write',
    ok: { status: 200, schema: emergencyRadiusResponse, description: 'Matching tenants by slug.' },
    fails: [...contentFails],
  })
  async preview(
    @Body({ schema: previewEmergencyRuleRequest }) body: z.output<typeof previewEmergencyRuleRequest>,
  ): Promise<EmergencyRadiusResponse> {
    return toEmergencyRadius(await this.rules.preview(toNewEmergencyRule(body)));
  }

  @Post()
  @Endpoint({
    id: 'createEmergencyRule',
    summary: 'Create an emergency rule',
    description:
      'Denies traffic of many tenants by address, ahead of other queued work, also of tenants created later. It prevails ' +
      'over plans and rules of tenants.',
    permission: 'emergency-rules:write',
    ok: accepted,
    fails: [...contentFails, 'precondition.preview_stale', 'idempotency.key_reused'],
    idempotent: true,
  })
  async place(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: emergencyRuleRequest }) body: z.output<typeof emergencyRuleRequest>,
  ): Promise<Answer<EmergencyRuleResponse>> {
    const { match, reason } = body;
    const input = { ...toNewEmergencyRule(body), match, reason };
    return acceptedEmergencyRule(await this.rules.place(transaction, caller.id, input));
  }

  @Get()
  @Endpoint({
    id: 'listEmergencyRules',
    summary: 'List emergency rules',
    description: 'Newest first, without their tenants.',
    permission: 'emergency-rules:read',
    ok: { status: 200, schema: pageSchema(emergencyRuleListItem), description: 'Rules, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listEmergencyRulesQuery }) query: z.output<typeof listEmergencyRulesQuery>,
  ): Promise<PageOf<EmergencyRuleListItem>> {
    return pageResponse(await this.rules.list(pageRequest(query, isRuleId)), toEmergencyRuleListItem);
  }

  @Get(':id')
  @Endpoint({
    id: 'getEmergencyRule',
    summary: 'Get an emergency rule and the state of its tenants',
    description: 'With the tenants that match now.',
    permission: 'emergency-rules:read',
    ok: { status: 200, schema: emergencyRuleResponse, description: 'The rule.' },
    fails: ['network_rule.not_found'],
  })
  async get(@Param('id') id: string): Promise<EmergencyRuleResponse> {
    return toEmergencyRuleResponse(await this.rules.get(id));
  }

  @Delete(':id')
  @Endpoint({
    id: 'liftEmergencyRule',
    summary: 'Lift an emergency rule',
    description: 'Ends the rule for all of its tenants.',
    permission: 'emergency-rules:write',
    ok: accepted,
    fails: ['network_rule.not_found'],
  })
  async lift(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<Answer<EmergencyRuleResponse>> {
    return acceptedEmergencyRule(await this.rules.lift(transaction, caller.id, id));
  }
}
