import { newId, type Page, pageOf, type PageRequest, type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { type Answered } from '#questions';
import {
  changeToken,
  demandPreview,
  PreviewsService,
  refuseWhileDeleting,
  type Tenant,
  type TenantAndOperation,
  TenantChanges,
  type TenantPreview,
} from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { emergenciesOf } from './emergencies-of-tenant.js';
import { StoredNetworkRule } from './network-rule.entity.js';
import { canonical, type NetworkRuleChange, type NewNetworkRule, patched, type RulesChange } from './rule-change.js';
import { checkRule, type CheckedRule } from './rule-checks.js';
import { type RuleContext, ruleContext } from './rule-context.js';
import { deletedStatus, type RuleStatus, statusOf } from './rule-status.js';

/** The caller, and whether it acts for the platform. */
export interface RuleCaller {
  id: string;
  /** Whether it can set rules beyond the plan, and change rules of the platform. */
  mayExceedPlan: boolean;
}

/** The tenant whose rules change, and the preview that the change has to be; null: it need not be previewed. */
export interface RulesTarget {
  tenantId: string;
  preview: string | null;
}

/** A changed rule and the operation that carries the change out. */
export interface RuleAndOperation extends TenantAndOperation {
  status: RuleStatus;
}

/** Manages network rules. Every change of a rule is a change of its tenant, which a worker carries out. */
@Injectable()
export class NetworkRulesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: TenantChanges,
    private readonly previews: PreviewsService,
  ) {}

  /**
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `auth.forbidden`, `service.unavailable`, those of
   *   `checkRule`
   */
  async create(
    transaction: Transaction,
    caller: RuleCaller,
    target: RulesTarget,
    input: NewNetworkRule,
  ): Promise<RuleAndOperation> {
    const { manager } = transaction;
    const { tenantId } = target;
    const tenant = await this.lock(transaction, target, { create: input });
    const id = newId('rule');
    created(input, id, caller, await ruleContext(manager, tenantId));
    const change = await this.change(transaction, caller, tenant);
    const rule = manager.create(StoredNetworkRule, {
      id,
      tenantId,
      ...canonical(input),
      owner: caller.mayExceedPlan ? 'platform' : 'tenant',
      createdBy: caller.id,
      generation: change.tenant.generation,
      revision: 1,
      expiredAt: null,
    });
    await manager.insert(StoredNetworkRule, rule);
    return { ...change, status: await this.status(manager, rule) };
  }

  /**
   * Applies a merge patch. Direction and action are fixed: a rule with others is another rule.
   * @param target `If-Match` requires one of `revisions`; null accepts any.
   * @throws as `create`; `network_rule.not_found`, `precondition.failed`
   */
  async update(
    transaction: Transaction,
    caller: RuleCaller,
    target: RulesTarget & { id: string; revisions: readonly number[] | null },
    change: NetworkRuleChange,
  ): Promise<RuleAndOperation> {
    const { manager } = transaction;
    const { tenantId, id, revisions } = target;
    const tenant = await this.lock(transaction, target, { update: { id, change } });
    const context = await ruleContext(manager, tenantId);
    const rule = ownRule(context, caller, id);
    if (revisions !== null && !revisions.includes(rule.revision)) {
      const detail = 'The rule has changed since the ETag in If-Match was read. Read it again.';
      throw new DomainError('precondition.failed', detail);
    }
    const wanted = updated(rule, change, caller, context);
    const changed = await this.change(transaction, caller, tenant);
    const columns = {
      ...canonical(wanted),
      generation: changed.tenant.generation,
      revision: rule.revision + 1,
      expiredAt: null,
      updatedAt: new Date(),
    };
    await manager.update(StoredNetworkRule, { id }, columns);
    return { ...changed, status: await this.status(manager, Object.assign(rule, columns)) };
  }

  /**
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `auth.forbidden`, `network_rule.not_found`,
   *   `precondition.preview_stale`
   */
  async remove(
    transaction: Transaction,
    caller: RuleCaller,
    target: RulesTarget & { id: string },
  ): Promise<RuleAndOperation> {
    const { manager } = transaction;
    const { tenantId, id } = target;
    const tenant = await this.lock(transaction, target, { delete: { id } });
    const rules = await manager.findBy(StoredNetworkRule, { tenantId });
    const rule = ownRule({ rules, emergencies: await emergenciesOf(manager, tenant) }, caller, id);
    await manager.delete(StoredNetworkRule, { id });
    return { ...(await this.change(transaction, caller, tenant)), status: deletedStatus(rule) };
  }

  /**
   * Asks a worker what a change of the rules would do. Refused for the same reasons as the change itself, except that a
   * frozen tenant can be previewed.
   * @throws as the change, `preview.timeout`, `preview.failed`
   */
  preview(
    caller: RuleCaller,
    tenantId: string,
    change: RulesChange,
    waitSeconds: number,
  ): Promise<Answered<TenantPreview>> {
    const after = async (): Promise<{ id: string; after: CheckedRule | null }> => {
      const context = await ruleContext(this.dataSource.manager, tenantId);
      if ('create' in change) {
        const id = newId('rule');
        return { id, after: within('/create', () => created(change.create, id, caller, context)) };
      }
      const { id } = 'delete' in change ? change.delete : change.update;
      const rule = ownRule(context, caller, id);
      if ('delete' in change) return { id, after: null };
      return { id, after: within('/update/change', () => updated(rule, change.update.change, caller, context)) };
    };
    return this.previews.ofNetworkRule(caller.id, tenantId, { change, after }, waitSeconds);
  }

  /**
   * Lists the rules of a tenant and the emergency rules for it, newest first.
   * @throws `tenant.not_found`, `service.unavailable`
   */
  async list(tenantId: string, { limit, after }: PageRequest): Promise<Page<RuleStatus>> {
    const context = await ruleContext(this.dataSource.manager, tenantId);
    const all = [...context.rules, ...context.emergencies].sort((a, b) => (a.id < b.id ? 1 : -1));
    const rules = all.filter(({ id }) => after === null || id < after);
    const page = pageOf(rules.slice(0, limit + 1), limit, ({ id }) => id);
    return { ...page, items: page.items.map((rule) => statusOf(rule, context)) };
  }

  /** @throws `tenant.not_found`, `network_rule.not_found`, `service.unavailable` */
  async get(tenantId: string, id: string): Promise<RuleStatus> {
    const context = await ruleContext(this.dataSource.manager, tenantId);
    const rule = [...context.rules, ...context.emergencies].find((each) => each.id === id);
    if (rule === undefined) throw ruleNotFound(id);
    return statusOf(rule, context);
  }

  private async lock(transaction: Transaction, target: RulesTarget, change: RulesChange): Promise<Tenant> {
    const { tenantId, preview } = target;
    const tenant = await this.changes.lock(transaction, { id: tenantId, revisions: null });
    refuseWhileDeleting(tenant);
    if (preview !== null) {
      await demandPreview(transaction, tenantId, preview, changeToken(tenant, change), 'network-rule');
    }
    return tenant;
  }

  private change(transaction: Transaction, { id: by }: RuleCaller, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by, urgent: true });
  }

  private async status(manager: EntityManager, rule: StoredNetworkRule): Promise<RuleStatus> {
    return statusOf(rule, await ruleContext(manager, rule.tenantId));
  }
}

/** Lets errors about a change point into the request that contains it. */
function within<T>(pointer: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.errors.map((each) => ({ ...each, pointer: `${pointer}${each.pointer}` }));
    throw new DomainError(error.code, error.message, { errors, cause: error });
  }
}

/** Returns a new rule, if the caller may set it and it can be carried out. */
function created(input: NewNetworkRule, id: string, caller: RuleCaller, context: RuleContext): CheckedRule {
  if (input.beyondPlan) demandPlatform(caller, 'set rules beyond the plan');
  const rule = { ...canonical(input), id };
  checkRule(rule, context);
  return rule;
}

/** Returns a rule of the caller as it would be, if it may be changed so. */
function updated(
  rule: StoredNetworkRule,
  change: NetworkRuleChange,
  caller: RuleCaller,
  context: RuleContext,
): CheckedRule & NewNetworkRule {
  if (change.beyondPlan === true) demandPlatform(caller, 'set rules beyond the plan');
  const wanted = { ...patched(rule, change), id: rule.id };
  checkRule(wanted, context);
  return wanted;
}

/** Returns the rule if the caller may change it. */
function ownRule(
  { rules, emergencies }: Pick<RuleContext, 'rules' | 'emergencies'>,
  caller: RuleCaller,
  id: string,
): StoredNetworkRule {
  if (emergencies.some((each) => each.id === id)) {
    const detail = 'This is an emergency rule, which other tenants have too: it can only be lifted for all of them.';
    throw new DomainError('network_rule.emergency', detail);
  }
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) throw ruleNotFound(id);
  if (rule.owner === 'platform') demandPlatform(caller, 'change a rule of the platform');
  return rule;
}

/** @throws `auth.forbidden` */
function demandPlatform({ mayExceedPlan }: RuleCaller, what: string): void {
  if (!mayExceedPlan) throw new DomainError('auth.forbidden', `The caller cannot ${what}.`);
}

function ruleNotFound(id: string): DomainError {
  return new DomainError('network_rule.not_found', `The tenant has no network rule "${id}".`);
}
