import { type Principal } from '#access';
import { environmentNameSchema } from '#plans';
import { type Transaction } from '#persistence';
import { EnvironmentsService } from '#tenancy';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { IfMatch } from '../http/if-match.js';
import { acceptedChange, type TenantResponse } from './tenant.schema.js';
import { accepted } from './tenants.controller.js';

const addEnvironmentRequest = z
  .strictObject({ name: environmentNameSchema.describe('Part of the name of its namespace. Cannot be changed.') })
  .meta({ examples: [{ name: 'preview' }] });

/** The environments of a tenant, which `namespaces` lists. */
@ApiTags('tenants')
@Controller('v1/tenants/:id/environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Post()
  @Endpoint({
    id: 'addEnvironment',
    summary: 'Add an environment to a tenant',
    description: 'Creates one more namespace, within what the plan allows. The quota of the tenant is divided anew.',
    permission: 'tenants:update',
    reach: 'tenant',
    ok: accepted,
    fails: [
      ...(['request.invalid', 'precondition.failed', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const),
      ...(['tenant.environment_exists', 'tenant.namespace_taken', 'tenant.plan_limit'] as const),
      'idempotency.key_reused',
    ],
    idempotent: true,
    conditional: true,
  })
  async add(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() revisions: readonly number[] | null,
    @Body({ schema: addEnvironmentRequest }) { name }: z.output<typeof addEnvironmentRequest>,
  ): Promise<Answer<TenantResponse>> {
    return acceptedChange(await this.environments.add(transaction, caller.id, { id, revisions }, name));
  }
}
