import { type Principal } from '#access';
import { NetworkRulesService } from '#network-rules';
import { type Transaction, uuidOf } from '#persistence';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type ChangeTarget, IfPreviewMatch, Target } from '../http/if-preview-match.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import {
  previewedTenant,
  tenantPreviewQuery,
  tenantPreviewResponse,
  type TenantPreviewResponse,
} from '../previews/preview.schema.js';
import {
  acceptedNetworkRule,
  createNetworkRuleRequest,
  listNetworkRulesQuery,
  networkRuleResponse,
  type NetworkRuleResponse,
  previewNetworkRuleRequest,
  readNetworkRule,
  toNetworkRuleChange,
  toNetworkRuleResponse,
  toNewNetworkRule,
  toRulesChange,
  updateNetworkRuleRequest,
} from './network-rule.schema.js';
import { ruleCaller } from './rule-caller.js';

const isRuleId = (text: string): boolean => uuidOf('rule', text) !== null;

interface OfTenant {
  id: string;
  rule: string;
}

const accepted = acceptedOperation(networkRuleResponse, {
  headers: ['ETag'],
  read: async (services, { id }, { tenantId }) =>
    readNetworkRule(await services.get(NetworkRulesService, { strict: false }).get(tenantId, id)),
});
const removed = acceptedOperation(networkRuleResponse);
const previewFails = ['request.invalid', 'tenant.not_found', 'tenant.deleting'] as const;
const previewEnds = ['network_rule.not_found', 'network_rule.emergency', 'preview.timeout', 'preview.failed'] as const;
const changeFails = [...previewFails, 'tenant.frozen', 'precondition.preview_stale'] as const;
const contentFails = [
  ...(['network_rule.environment_unknown', 'network_rule.expired', 'network_rule.no_effect'] as const),
  ...(['network_rule.limit', 'tenant.plan_limit', 'tenant.capability_missing', 'service.unavailable'] as const),
];

/** Manages the network rules of tenants. */
@ApiTags('network rules')
@Controller('v1/tenants/:id/network-rules')
export class NetworkRulesController {
  constructor(private readonly rules: NetworkRulesService) {}

  @Post()
  @Endpoint({
    id: 'createNetworkRule',
    summary: 'Create a network rule',
    description:
      'Allows or denies traffic of the tenant’s pods by address. Denials prevail, whatever the order of the rules. What ' +
      'no plan can open stays closed: metadata services, the ranges of the cluster, other tenants. A plan bounds what ' +
      'rules can allow (`network.rules`). Rules do not affect traffic within the tenant, DNS, links, metrics and the ' +
      'platform’s gateway.',
    permission: 'network-rules:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, ...contentFails, 'idempotency.key_reused'],
    idempotent: true,
    previewable: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') tenantId: string,
    @IfPreviewMatch() preview: string | null,
    @Body({ schema: createNetworkRuleRequest }) body: z.output<typeof createNetworkRuleRequest>,
  ): Promise<Answer<NetworkRuleResponse>> {
    const target = { tenantId, preview };
    return acceptedNetworkRule(
      await this.rules.create(transaction, ruleCaller(caller), target, toNewNetworkRule(body)),
    );
  }

  @Post('preview')
  @Endpoint({
    id: 'previewNetworkRule',
    summary: 'Preview a change of a network rule',
    description:
      'Nothing is changed. `connections` of the answer says what would open and close. Send `token` as ' +
      '`If-Preview-Match` with the change.',
    changesNothing: true,
    permission: 'network-rules:write',
    reach: 'tenant',
    ok: {
      status: 200,
      schema: tenantPreviewResponse,
      description: 'What the change would do.',
      headers: ['Preview-Match'],
    },
    fails: [...previewFails, ...contentFails, ...previewEnds],
  })
  async preview(
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Query({ schema: tenantPreviewQuery }) { wait }: z.output<typeof tenantPreviewQuery>,
    @Body({ schema: previewNetworkRuleRequest }) body: z.output<typeof previewNetworkRuleRequest>,
  ): Promise<Answer<TenantPreviewResponse>> {
    return previewedTenant(await this.rules.preview(ruleCaller(caller), id, toRulesChange(body), wait));
  }

  @Get()
  @Endpoint({
    id: 'listNetworkRules',
    summary: 'List the network rules of a tenant',
    description: 'Expired rules stay on record until they are deleted.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: pageSchema(networkRuleResponse), description: 'Rules, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'tenant.not_found', 'service.unavailable'],
  })
  async list(
    @Param('id') id: string,
    @Query({ schema: listNetworkRulesQuery }) query: z.output<typeof listNetworkRulesQuery>,
  ): Promise<PageOf<NetworkRuleResponse>> {
    return pageResponse(await this.rules.list(id, pageRequest(query, isRuleId)), toNetworkRuleResponse);
  }

  @Get(':rule')
  @Endpoint({
    id: 'getNetworkRule',
    summary: 'Get a network rule',
    description: 'With its state: whether it is in force, at which layers, and which rules it contradicts.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: networkRuleResponse, description: 'The rule.', headers: ['ETag'] },
    fails: ['tenant.not_found', 'network_rule.not_found', 'service.unavailable'],
  })
  async get(@Param() { id, rule }: OfTenant): Promise<Answer<NetworkRuleResponse>> {
    return readNetworkRule(await this.rules.get(id, rule));
  }

  @Patch(':rule')
  @Endpoint({
    id: 'updateNetworkRule',
    summary: 'Update a network rule',
    description:
      'JSON Merge Patch (RFC 7396): absent fields stay unchanged, lists are replaced. Direction and action are fixed.',
    permission: 'network-rules:write',
    reach: 'tenant',
    ok: accepted,
    fails: [...changeFails, ...contentFails, 'network_rule.not_found', 'network_rule.emergency', 'precondition.failed'],
    conditional: true,
    previewable: true,
  })
  async update(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') tenantId: string,
    @Target('rule') rule: ChangeTarget,
    @Body({ schema: updateNetworkRuleRequest }) body: z.output<typeof updateNetworkRuleRequest>,
  ): Promise<Answer<NetworkRuleResponse>> {
    const target = { ...rule, tenantId };
    return acceptedNetworkRule(
      await this.rules.update(transaction, ruleCaller(caller), target, toNetworkRuleChange(body)),
    );
  }

  @Delete(':rule')
  @Endpoint({
    id: 'deleteNetworkRule',
    summary: 'Delete a network rule',
    description: 'What the rule opened is closed, and what it closed is open again, if nothing else decides.',
    permission: 'network-rules:write',
    reach: 'tenant',
    ok: removed,
    fails: [...changeFails, 'network_rule.not_found', 'network_rule.emergency'],
    previewable: true,
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() { id, rule }: OfTenant,
    @IfPreviewMatch() preview: string | null,
  ): Promise<Answer<NetworkRuleResponse>> {
    const target = { tenantId: id, id: rule, preview };
    return acceptedNetworkRule(await this.rules.remove(transaction, ruleCaller(caller), target));
  }
}
