import { Transactions } from '#persistence';
import { fieldError } from '#problems';
import { type Answered, Questions } from '#questions';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';

import { changeToken } from '../changes/preview-match.js';
import { type TenantChange } from '../changes/tenant-change.js';
import { TenantsService } from '../changes/tenants.service.js';
import { PlansService } from '../plans/plans.service.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { Tenant } from '../tenants/tenant.entity.js';
import {
  type ImageFindings,
  type NetworkRuleQuestion,
  type PlanPreview,
  type PlanPreviewRequest,
  type PolicyFindings,
  type PolicyQuestion,
  type TenantPreview,
} from './preview.js';

/** Asks a worker for the effect of a change and waits for the answer. Changes nothing. */
@Injectable()
export class PreviewsService {
  constructor(
    private readonly questions: Questions,
    private readonly tenants: TenantsService,
    private readonly plans: PlansService,
    private readonly transactions: Transactions,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Previews a change of a tenant. Refused for the same reasons as the change itself, except that a frozen tenant can
   * be previewed.
   * @param waitSeconds how long to wait for the worker.
   * @throws as `TenantsService.update`, and `preview.timeout`, `preview.failed`
   */
  async ofTenant(
    requestedBy: string,
    id: string,
    change: TenantChange,
    waitSeconds: number,
  ): Promise<Answered<TenantPreview>> {
    const tenant = await this.tenants.get(id);
    await this.transactions.run((transaction) => this.tenants.afterChange(transaction, tenant, change));
    await this.checkExternalId(tenant, change);
    return this.questions.ask<TenantPreview>(
      { kind: 'tenant', subject: id, request: change, requestedBy },
      waitSeconds,
    );
  }

  /**
   * Previews a change of one network rule of a tenant.
   * @param after reads the rule as it would be, after the generation of the tenant was read: a change in between makes
   *   the token stale, and is never overlooked
   * @throws `tenant.not_found`, `tenant.deleting`, those of `after`, `preview.timeout`, `preview.failed`
   */
  async ofNetworkRule(
    requestedBy: string,
    id: string,
    { change, after }: { change: object; after: () => Promise<Omit<NetworkRuleQuestion, 'token'>> },
    waitSeconds: number,
  ): Promise<Answered<TenantPreview>> {
    const tenant = await this.tenants.get(id);
    refuseWhileDeleting(tenant);
    const request: NetworkRuleQuestion = { ...(await after()), token: changeToken(tenant, change) };
    return this.questions.ask<TenantPreview>({ kind: 'network-rule', subject: id, request, requestedBy }, waitSeconds);
  }

  /**
   * Previews the effect of a new plan version on the tenants of the plan.
   * @throws `plan.not_found`, `tenant.not_found`, `request.invalid`, `preview.timeout`, `preview.failed`
   */
  async ofPlan(
    requestedBy: string,
    id: string,
    request: PlanPreviewRequest,
    waitSeconds: number,
  ): Promise<Answered<PlanPreview>> {
    await this.plans.get(id);
    for (const [index, tenantId] of (request.tenantIds ?? []).entries()) {
      const tenant = await this.tenants.get(tenantId);
      if (tenant.planId === id && tenant.deletionRequestedAt === null) continue;
      throw fieldError('request.invalid', `/tenantIds/${index}`, `"${tenantId}" is not a tenant of this plan.`);
    }
    return this.questions.ask<PlanPreview>({ kind: 'plan', subject: id, request, requestedBy }, waitSeconds);
  }

  /**
   * Finds the tenants that currently run images.
   * @param images references, digests, or name prefixes that end in a slash
   * @throws `preview.timeout`, `preview.failed`
   */
  async ofImages(requestedBy: string, images: string[], waitSeconds: number): Promise<Answered<ImageFindings>> {
    return this.questions.ask({ kind: 'images', subject: '', request: { images }, requestedBy }, waitSeconds);
  }

  /**
   * Evaluates existing objects against a version of a policy.
   * @throws `preview.timeout`, `preview.failed`
   */
  async ofPolicy(
    requestedBy: string,
    policyId: string,
    request: PolicyQuestion,
    waitSeconds: number,
  ): Promise<PolicyFindings> {
    const question = { kind: 'policy' as const, subject: policyId, request, requestedBy };
    return (await this.questions.ask<PolicyFindings>(question, waitSeconds)).result;
  }

  private async checkExternalId(tenant: Tenant, { externalId }: TenantChange): Promise<void> {
    if (externalId === undefined || externalId === null) return;
    const others = { externalId, id: Not(tenant.id), deletedAt: IsNull() };
    if (!(await this.dataSource.manager.existsBy(Tenant, others))) return;
    throw fieldError('tenant.external_id_taken', '/externalId', 'Another tenant has this external id.');
  }
}
