import { setTimeout as pause } from 'node:timers/promises';

import { newId, Transactions } from '#persistence';
import { DomainError, invalidMember } from '#problems';
import { Preview } from '#questions';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, MoreThan, Not, type Repository } from 'typeorm';

import { type TenantChange } from '../changes/tenant-change.js';
import { TenantsService } from '../changes/tenants.service.js';
import { Wakeups } from '../changes/wakeups.js';
import { PlansService } from '../plans/plans.service.js';
import { Tenant } from '../tenants/tenant.entity.js';
import {
  type ImageFindings,
  type PlanPreview,
  type PlanPreviewRequest,
  type PolicyFindings,
  type PolicyQuestion,
  type TenantPreview,
} from './preview.js';

const POLL_MS = 150;
const RETENTION_MS = 86_400_000;
const PURGE_PERIOD_MS = 3_600_000;
/** Maximum number of previews waiting for a worker; more would only delay each other. */
const MOST_WAITING = 50;
/** No caller waits for the answer to an older question. */
const WAITING_MS = 60_000;

/** An answered preview. */
export interface AnsweredPreview<Result> {
  id: string;
  result: Result;
  /** Null if the preview does not cover exactly one tenant. */
  token: string | null;
}

/** Asks a worker for the effect of a change and waits for the answer. Changes nothing. */
@Injectable()
export class PreviewsService implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(PreviewsService.name);
  private timer: NodeJS.Timeout | null = null;
  private closing = false;

  constructor(
    @InjectRepository(Preview) private readonly previews: Repository<Preview>,
    private readonly tenants: TenantsService,
    private readonly plans: PlansService,
    private readonly transactions: Transactions,
    private readonly wakeups: Wakeups,
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
  ): Promise<AnsweredPreview<TenantPreview>> {
    const tenant = await this.tenants.get(id);
    await this.transactions.run((transaction) => this.tenants.afterChange(transaction, tenant, change));
    await this.checkExternalId(tenant, change);
    return this.answer<TenantPreview>({ kind: 'tenant', subject: id, request: change, requestedBy }, waitSeconds);
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
  ): Promise<AnsweredPreview<PlanPreview>> {
    await this.plans.get(id);
    for (const [index, tenantId] of (request.tenantIds ?? []).entries()) {
      const tenant = await this.tenants.get(tenantId);
      if (tenant.planId === id && tenant.deletionRequestedAt === null) continue;
      throw invalidMember('request.invalid', `/tenantIds/${index}`, `"${tenantId}" is not a tenant of this plan.`);
    }
    return this.answer<PlanPreview>({ kind: 'plan', subject: id, request, requestedBy }, waitSeconds);
  }

  /**
   * Finds the tenants that currently run images.
   * @param images references, digests, or name prefixes that end in a slash
   * @throws `preview.timeout`, `preview.failed`
   */
  async ofImages(requestedBy: string, images: string[], waitSeconds: number): Promise<AnsweredPreview<ImageFindings>> {
    return this.answer({ kind: 'images', subject: '', request: { images }, requestedBy }, waitSeconds);
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
    return (await this.answer<PolicyFindings>(question, waitSeconds)).result;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.previews.delete({ createdAt: LessThan(new Date(Date.now() - RETENTION_MS)) }).catch((error: unknown) => {
        this.logger.warn({ err: error }, 'failed to delete expired previews');
      });
    }, PURGE_PERIOD_MS);
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private async checkExternalId(tenant: Tenant, { externalId }: TenantChange): Promise<void> {
    if (externalId === undefined || externalId === null) return;
    const others = { externalId, id: Not(tenant.id), deletedAt: IsNull() };
    if (!(await this.previews.manager.existsBy(Tenant, others))) return;
    throw invalidMember('tenant.external_id_taken', '/externalId', 'Another tenant has this external id.');
  }

  private async answer<Result>(
    question: Pick<Preview, 'kind' | 'subject' | 'request' | 'requestedBy'>,
    waitSeconds: number,
  ): Promise<AnsweredPreview<Result>> {
    const deadline = Date.now() + waitSeconds * 1000;
    const recently = MoreThan(new Date(Date.now() - WAITING_MS));
    const waiting = await this.previews.countBy({ state: In(['pending', 'running']), createdAt: recently });
    if (waiting >= MOST_WAITING) {
      throw new DomainError('preview.timeout', 'Too many previews are waiting for a worker; retry later.');
    }
    const id = newId('preview');
    await this.previews.insert({ ...question, id, state: 'pending' });
    // An unavailable queue can hang; the wait below ends in any case.
    this.wakeups.preview(id).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'failed to queue a preview');
    });
    const { state, result, error, token } = await this.finished(id, deadline, waitSeconds);
    if (state === 'failed') throw new DomainError('preview.failed', error ?? 'The preview failed.');
    return { id, result: result as Result, token };
  }

  /** @throws `preview.timeout` */
  private async finished(id: string, deadline: number, waitSeconds: number): Promise<Preview> {
    for (;;) {
      const preview = await this.previews.findOneByOrFail({ id });
      if (preview.finishedAt !== null) return preview;
      if (Date.now() >= deadline || this.closing) {
        throw new DomainError(
          'preview.timeout',
          `No worker answered within ${waitSeconds} seconds. Nothing was changed; retry later.`,
        );
      }
      await pause(Math.max(1, Math.min(POLL_MS, deadline - Date.now())));
    }
  }
}
