import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { PolicyImports } from '#policies';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import {
  importPolicyRequest,
  importPreviewResponse,
  type ImportPreviewResponse,
  toImportPreview,
} from './policy-import.schema.js';
import { acceptedPolicy, policyResponse, type PolicyResponse } from './policy.schema.js';

type ImportRequest = z.output<typeof importPolicyRequest>;

@ApiTags('policies')
@Controller('v1/policies/import')
export class PolicyImportsController {
  constructor(private readonly imports: PolicyImports) {}

  @Post()
  @Endpoint({
    id: 'importPolicy',
    summary: 'Import a policy',
    description:
      'Creates a policy from one of Gatekeeper, of the API server or of Kyverno, as YAML. What cannot be carried over ' +
      'is refused, with its line; `warnings` says what is different.',
    permission: 'policies:write',
    ok: {
      status: 202,
      schema: policyResponse,
      description: 'The policy. Poll `Location` with `wait` until it is in force.',
      headers: ['Location'],
    },
    fails: [
      ...(['request.invalid', 'policy.id_taken', 'policy.limit', 'policy.rule_invalid'] as const),
      ...(['policy.gatekeeper_missing', 'policy.judge_unavailable', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async import(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: importPolicyRequest }) body: ImportRequest,
  ): Promise<Answer<PolicyResponse>> {
    return acceptedPolicy(await this.imports.create(transaction, caller.id, body));
  }

  @Post('preview')
  @Endpoint({
    id: 'previewPolicyImport',
    summary: 'Preview the import of a policy',
    description: 'Returns the policy that would be created. It is compiled, and nothing is stored.',
    changesNothing: true,
    permission: 'policies:read',
    ok: { status: 200, schema: importPreviewResponse, description: 'The policy in the form of Bulkhead.' },
    fails: ['request.invalid', 'policy.rule_invalid', 'policy.judge_unavailable'],
  })
  async preview(@Body({ schema: importPolicyRequest }) body: ImportRequest): Promise<ImportPreviewResponse> {
    return toImportPreview(await this.imports.preview(body));
  }
}
