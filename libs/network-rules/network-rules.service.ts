import { type NetworkRule, type RulePort } from '#isolation';
import { newId, type Page, pageOf, type PageRequest, type Transaction } from '#persistence';
import { parseCidr } from '#plans';
import { DomainError } from '#problems';
import { refuseWhileDeleting, type Tenant, type TenantAndOperation, TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { StoredNetworkRule } from './network-rule.entity.js';
import { checkRule } from './rule-checks.js';
import { ruleContext } from './rule-context.js';
import { deletedStatus, type RuleStatus, statusOf } from './rule-status.js';

/** The caller, and whether it acts for the platform. */
export interface RuleCaller {
  id: string;
  /** Whether it can set rules beyond the plan, and change rules of the platform. */
  mayExceedPlan: boolean;
}

export interface NewNetworkRule {
  direction: NetworkRule['direction'];
  action: NetworkRule['action'];
  cidrs: string[];
  hosts: string[];
  except: string[];
  ports: RulePort[];
  environments: string[] | null;
  podLabels: Record<string, string>;
  beyondPlan: boolean;
  reason: string;
  expiresAt: Date | null;
}

/** A merge patch of a rule; absent fields stay unchanged. */
export interface NetworkRuleChange extends Partial<Omit<NewNetworkRule, 'direction' | 'action' | 'podLabels'>> {
  /** Merged by key; null removes a label. Null: all pods. */
  podLabels?: Record<string, string | null> | null;
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
  ) {}

  /**
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `auth.forbidden`, `service.unavailable`, those of
   *   `checkRule`
   */
  async create(
    transaction: Transaction,
    caller: RuleCaller,
    tenantId: string,
    input: NewNetworkRule,
  ): Promise<RuleAndOperation> {
    const { manager } = transaction;
    if (input.beyondPlan) demandPlatform(caller, 'set rules beyond the plan');
    const tenant = await this.lock(transaction, tenantId);
    const id = newId('rule');
    checkRule({ ...input, id }, await ruleContext(manager, tenantId));
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
   * @param target `revision` is required by `If-Match`; null accepts any.
   * @throws as `create`; `network_rule.not_found`, `precondition.failed`
   */
  async update(
    transaction: Transaction,
    caller: RuleCaller,
    target: { tenantId: string; id: string; revision: number | null },
    { podLabels, ...change }: NetworkRuleChange,
  ): Promise<RuleAndOperation> {
    const { manager } = transaction;
    const { tenantId, id, revision } = target;
    if (change.beyondPlan === true) demandPlatform(caller, 'set rules beyond the plan');
    const tenant = await this.lock(transaction, tenantId);
    const context = await ruleContext(manager, tenantId);
    const rule = this.own(context.rules, caller, id);
    if (revision !== null && revision !== rule.revision) {
      const detail = 'The rule has changed since the ETag in If-Match was read. Read it again.';
      throw new DomainError('precondition.failed', detail);
    }
    const wanted = { ...canonical(rule), id, ...change, podLabels: mergedLabels(rule.podLabels, podLabels) };
    checkRule(wanted, context);
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
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `auth.forbidden`, `network_rule.not_found`
   */
  async remove(transaction: Transaction, caller: RuleCaller, tenantId: string, id: string): Promise<RuleAndOperation> {
    const { manager } = transaction;
    const tenant = await this.lock(transaction, tenantId);
    const rule = this.own(await manager.findBy(StoredNetworkRule, { tenantId }), caller, id);
    await manager.delete(StoredNetworkRule, { id });
    return { ...(await this.change(transaction, caller, tenant)), status: deletedStatus(rule) };
  }

  /**
   * Lists the rules of a tenant, newest first.
   * @throws `tenant.not_found`, `service.unavailable`
   */
  async list(tenantId: string, { limit, after }: PageRequest): Promise<Page<RuleStatus>> {
    const context = await ruleContext(this.dataSource.manager, tenantId);
    const rules = context.rules.toReversed().filter(({ id }) => after === null || id < after);
    const page = pageOf(rules.slice(0, limit + 1), limit, ({ id }) => id);
    return { ...page, items: page.items.map((rule) => statusOf(rule, context)) };
  }

  /** @throws `tenant.not_found`, `network_rule.not_found`, `service.unavailable` */
  async get(tenantId: string, id: string): Promise<RuleStatus> {
    const context = await ruleContext(this.dataSource.manager, tenantId);
    const rule = context.rules.find((each) => each.id === id);
    if (rule === undefined) throw ruleNotFound(id);
    return statusOf(rule, context);
  }

  private async lock(transaction: Transaction, tenantId: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id: tenantId, revision: null });
    refuseWhileDeleting(tenant);
    return tenant;
  }

  private change(transaction: Transaction, { id: by }: RuleCaller, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by, urgent: true });
  }

  private async status(manager: EntityManager, rule: StoredNetworkRule): Promise<RuleStatus> {
    return statusOf(rule, await ruleContext(manager, rule.tenantId));
  }

  /** Returns the rule if the caller may change it. */
  private own(rules: readonly StoredNetworkRule[], caller: RuleCaller, id: string): StoredNetworkRule {
    const rule = rules.find((each) => each.id === id);
    if (rule === undefined) throw ruleNotFound(id);
    if (rule.owner === 'platform') demandPlatform(caller, 'change a rule of the platform');
    return rule;
  }
}

/** @throws `auth.forbidden` */
function demandPlatform({ mayExceedPlan }: RuleCaller, what: string): void {
  if (!mayExceedPlan) throw new DomainError('auth.forbidden', `The caller cannot ${what}.`);
}

/** Returns what is stored of a rule: ranges in canonical spelling, in the order of the request. */
function canonical(input: NewNetworkRule): NewNetworkRule {
  const { direction, action, hosts, ports, environments, podLabels, beyondPlan, reason, expiresAt } = input;
  const [cidrs, except] = [input.cidrs, input.except].map((texts) => texts.map((text) => parseCidr(text).text));
  return {
    ...{ direction, action, hosts, ports, environments, podLabels, beyondPlan, reason, expiresAt },
    cidrs: cidrs ?? [],
    except: except ?? [],
  };
}

function mergedLabels(labels: Record<string, string>, change: NetworkRuleChange['podLabels']): Record<string, string> {
  if (change === undefined) return labels;
  if (change === null) return {};
  const merged = Object.entries({ ...labels, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}

function ruleNotFound(id: string): DomainError {
  return new DomainError('network_rule.not_found', `The tenant has no network rule "${id}".`);
}
