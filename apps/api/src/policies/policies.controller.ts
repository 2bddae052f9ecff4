import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { PoliciesService, policyIdSchema, PolicyTests } from '#policies';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { tenantPreviewQuery } from '../previews/preview.schema.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  acceptedPolicy,
  changePolicyRequest,
  createPolicyRequest,
  getPolicyQuery,
  libraryResponse,
  listPoliciesQuery,
  policyResponse,
  type PolicyResponse,
  rollBackPolicyRequest,
  testPolicyRequest,
  testPolicyResponse,
  type TestPolicyResponse,
  toPolicyResponse,
} from './policy.schema.js';

type PolicyPage = PageOf<PolicyResponse>;

const isPolicyId = (text: string): boolean => policyIdSchema.safeParse(text).success;
const isVersion = (text: string): boolean => /^\d{1,9}$/.test(text);
const versionParameter = z.coerce.number().int().min(1).max(999_999_999);
const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: policyResponse,
  description: 'The policy. Poll `Location` with `wait` until it is in force.',
  headers: ['Location'],
};
const ruleFails = ['policy.rule_invalid', 'policy.gatekeeper_missing', 'policy.judge_unavailable'] as const;

@ApiTags('policies')
@Controller('v1')
export class PoliciesController {
  constructor(
    private readonly policies: PoliciesService,
    private readonly tests: PolicyTests,
  ) {}

  @Post('policies')
  @Endpoint({
    id: 'createPolicy',
    summary: 'Create a policy',
    description: 'A guardrail across tenants. Its rule is compiled before it is accepted.',
    permission: 'policies:write',
    ok: accepted,
    fails: ['request.invalid', 'policy.id_taken', 'policy.limit', ...ruleFails, 'idempotency.key_reused'],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: createPolicyRequest }) { id, description, ...spec }: z.output<typeof createPolicyRequest>,
  ): Promise<Answer<PolicyResponse>> {
    return acceptedPolicy(await this.policies.create(transaction, caller.id, { id, description, spec }));
  }

  @Get('policies')
  @Endpoint({
    id: 'listPolicies',
    summary: 'List policies',
    description: 'Ordered by id, each at its latest version.',
    permission: 'policies:read',
    ok: { status: 200, schema: pageSchema(policyResponse), description: 'Policies by id, each at its latest version.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(@Query({ schema: listPoliciesQuery }) query: z.output<typeof listPoliciesQuery>): Promise<PolicyPage> {
    return pageResponse(await this.policies.list(pageRequest(query, isPolicyId)), toPolicyResponse);
  }

  @Get('policies/:id')
  @Endpoint({
    id: 'getPolicy',
    summary: 'Get a policy',
    description: 'With `wait`, waits until the latest version is in force or has failed.',
    permission: 'policies:read',
    ok: { status: 200, schema: policyResponse, description: 'The policy at its latest version.' },
    fails: ['request.invalid', 'policy.not_found'],
  })
  async get(
    @Param('id') id: string,
    @Query({ schema: getPolicyQuery }) { wait }: z.output<typeof getPolicyQuery>,
  ): Promise<PolicyResponse> {
    return toPolicyResponse(await this.policies.settled(id, wait));
  }

  @Put('policies/:id')
  @Endpoint({
    id: 'updatePolicy',
    summary: 'Update a policy',
    description: 'Creates the next version. The previous version stays in force until this one is.',
    permission: 'policies:write',
    ok: accepted,
    fails: ['request.invalid', 'policy.not_found', 'policy.unchanged', ...ruleFails],
  })
  async change(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: changePolicyRequest }) { description, ...spec }: z.output<typeof changePolicyRequest>,
  ): Promise<Answer<PolicyResponse>> {
    return acceptedPolicy(await this.policies.change(transaction, caller.id, id, { description, spec }));
  }

  @Delete('policies/:id')
  @Endpoint({
    id: 'deletePolicy',
    summary: 'Delete a policy',
    description: 'The policy and its versions are deleted once the cluster no longer contains any of its objects.',
    permission: 'policies:write',
    ok: { ...accepted, description: 'The policy, which is being deleted.' },
    fails: ['policy.not_found'],
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @Param('id') id: string,
  ): Promise<Answer<PolicyResponse>> {
    return acceptedPolicy(await this.policies.remove(transaction, id));
  }

  @Post('policies/:id/rollback')
  @Endpoint({
    id: 'rollBackPolicy',
    summary: 'Roll back a policy',
    description: 'Creates the next version with the content of an earlier one.',
    permission: 'policies:write',
    ok: accepted,
    fails: [
      ...(['request.invalid', 'policy.not_found', 'policy.version_not_found', 'policy.unchanged'] as const),
      ...ruleFails,
      'idempotency.key_reused',
    ],
    idempotent: true,
  })
  async rollBack(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: rollBackPolicyRequest }) { version }: z.output<typeof rollBackPolicyRequest>,
  ): Promise<Answer<PolicyResponse>> {
    return acceptedPolicy(await this.policies.rollBack(transaction, caller.id, id, version));
  }

  @Post('policies/:id/test')
  @Endpoint({
    id: 'testPolicy',
    summary: 'Test a policy against objects',
    description:
      'Evaluates the rule whatever its mode, for what it matches. With `reviews`, no cluster is involved, and targets ' +
      'and exceptions are not looked at; with `live`, a worker evaluates the objects in the cluster, of the kinds it ' +
      'has permission to read. Nothing is written.',
    changesNothing: true,
    permission: 'policies:read',
    ok: { status: 200, schema: testPolicyResponse, description: 'The results, in the order of the reviews.' },
    fails: [
      ...(['request.invalid', 'policy.not_found', 'policy.version_not_found'] as const),
      ...(['policy.rule_invalid', 'policy.judge_unavailable', 'preview.timeout', 'preview.failed'] as const),
    ],
  })
  async test(
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Query({ schema: tenantPreviewQuery }) { wait }: z.output<typeof tenantPreviewQuery>,
    @Body({ schema: testPolicyRequest }) { version, reviews, live }: z.output<typeof testPolicyRequest>,
  ): Promise<TestPolicyResponse> {
    if (live === undefined) return { ...(await this.tests.run(id, version, reviews ?? [])), live: null };
    const asked = { version, tenants: live.tenants ?? null, waitSeconds: wait };
    const { findings, ...tested } = await this.tests.runLive(caller.id, id, asked);
    return { ...tested, results: [], live: findings };
  }

  @Get('policies/:id/versions')
  @Endpoint({
    id: 'listPolicyVersions',
    summary: 'List the versions of a policy',
    description: 'Oldest first. Versions are never changed.',
    permission: 'policies:read',
    ok: { status: 200, schema: pageSchema(policyResponse), description: 'Versions, oldest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', 'policy.not_found'],
  })
  async listVersions(
    @Param('id') id: string,
    @Query({ schema: listPoliciesQuery }) query: z.output<typeof listPoliciesQuery>,
  ): Promise<PolicyPage> {
    return pageResponse(await this.policies.listVersions(id, pageRequest(query, isVersion)), toPolicyResponse);
  }

  @Get('policies/:id/versions/:version')
  @Endpoint({
    id: 'getPolicyVersion',
    summary: 'Get a version of a policy',
    description: 'Returns the policy as it was at that version.',
    permission: 'policies:read',
    ok: { status: 200, schema: policyResponse, description: 'The policy at that version. Versions are immutable.' },
    fails: ['request.invalid', 'policy.not_found', 'policy.version_not_found'],
  })
  async getVersion(
    @Param('id') id: string,
    @Param('version', { schema: versionParameter }) version: number,
  ): Promise<PolicyResponse> {
    return toPolicyResponse(await this.policies.getVersion(id, version));
  }

  @Get('policy-library')
  @Endpoint({
    id: 'listPolicyRules',
    summary: 'List the built-in policy rules',
    description: 'Rules that a policy can use by name (`rule.library`), with their parameters.',
    permission: 'policies:read',
    ok: { status: 200, schema: libraryResponse, description: 'Rules with their parameters.' },
  })
  library(): z.output<typeof libraryResponse> {
    return { items: this.tests.library() };
  }
}
