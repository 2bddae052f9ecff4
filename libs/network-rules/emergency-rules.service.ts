import { isCoveredBy, type NetworkRule, type RulePort } from '#isolation';
import { idOf, newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { alsoByNat64, forbiddenCidrs, parseCidr } from '#plans';
import { DomainError, fieldError } from '#problems';
import {
  type BlastRadius,
  blastRadius,
  EMERGENCY_SELECTS,
  type TenantPhase,
  TenantChanges,
  type TenantSelector,
} from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, type Repository } from 'typeorm';

import { emergencyMatch } from './emergency-match.js';
import { EmergencyRule } from './emergency-rule.entity.js';
import { checkContent } from './rule-checks.js';

/** Most emergency rules in force at a time, and most ranges of them: every tenant renders them all. */
const MOST_RULES = 50;
const MOST_RANGES = 2_000;

/** Which tenants an emergency rule is for; without a criterion: all. */
export type EmergencySelector = Omit<TenantSelector, 'images'>;

export interface NewEmergencyRule {
  direction: NetworkRule['direction'];
  cidrs: string[];
  except: string[];
  ports: RulePort[];
  selector: EmergencySelector;
  expiresAt: Date | null;
}

/** The state of one tenant of an emergency rule. */
export interface EmergencyTenant {
  id: string;
  slug: string;
  phase: TenantPhase;
  /** `pending`: a worker still has to apply or lift the rule. `failed`: see the conditions of the tenant. */
  state: 'pending' | 'in-force' | 'failed' | 'lifted';
}

export interface EmergencyStatus {
  rule: EmergencyRule;
  tenants: EmergencyTenant[];
}

/** Denies traffic of many tenants at once. Each tenant is changed, and its object set contains the denial. */
@Injectable()
export class EmergencyRulesService {
  constructor(
    @InjectRepository(EmergencyRule) private readonly rules: Repository<EmergencyRule>,
    private readonly changes: TenantChanges,
  ) {}

  /**
   * Lists the tenants that a rule would be for. Changes nothing.
   * @throws `request.invalid`, `network_rule.{no_effect,expired,limit}`
   */
  async preview(input: NewEmergencyRule): Promise<BlastRadius> {
    return this.radius(this.rules.manager, input, false);
  }

  /**
   * Makes a rule for all matching tenants or none.
   * @param match from the preview of the same rule
   * @throws as `preview`, `precondition.preview_stale` if other tenants match now
   */
  async place(
    transaction: Transaction,
    createdBy: string,
    { match, reason, ...input }: NewEmergencyRule & { match: string; reason: string },
  ): Promise<EmergencyStatus> {
    const { manager } = transaction;
    const radius = await this.radius(manager, input, true);
    if (radius.match !== match) {
      const detail = 'This is another rule than in the preview, or it would be for other tenants. Preview it again.';
      throw new DomainError('precondition.preview_stale', detail);
    }
    const { selector, cidrs, except, ...rest } = input;
    const id = newId('rule');
    await manager.insert(EmergencyRule, {
      ...rest,
      id,
      cidrs: cidrs.map((text) => parseCidr(text).text),
      except: except.map((text) => parseCidr(text).text),
      planId: selector.plan ?? null,
      labels: selector.labels ?? null,
      tenantIds: selector.tenants?.flatMap((tenant) => uuidOf('tenant', tenant) ?? []) ?? null,
      reason,
      createdBy,
    });
    const tenants = radius.tenants
      .filter(({ skipped }) => skipped === null)
      .map((tenant) => ({ id: uuidOf('tenant', tenant.id), by: createdBy }))
      .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
    await this.changes.change(transaction, 'update', tenants, { urgent: true });
    return this.statusIn(manager, id);
  }

  /**
   * Ends a rule for all of its tenants.
   * @throws `network_rule.not_found`, also for one that has ended
   */
  async lift(transaction: Transaction, liftedBy: string, id: string): Promise<EmergencyStatus> {
    const { manager } = transaction;
    const uuid = uuidOf('rule', id);
    const [, found] = await manager.query<[unknown, number]>(
      'UPDATE emergency_rules SET ended_at = now(), lifted_by = $2 WHERE id = $1 AND ended_at IS NULL',
      [uuid, liftedBy],
    );
    if (found === 0) throw notFound(id, ' in force');
    const locked = await lockTenantsOf(manager, [uuid ?? '']);
    const tenants = locked.map((tenant) => ({ id: tenant, by: liftedBy }));
    await this.changes.change(transaction, 'update', tenants, { urgent: true });
    return this.statusIn(manager, id);
  }

  /** Lists rules, newest first, also those that have ended. */
  async list({ limit, after }: PageRequest): Promise<Page<EmergencyRule>> {
    const where = after === null ? {} : { id: LessThan(after) };
    const found = await this.rules.find({ where, order: { id: 'DESC' }, take: limit + 1 });
    return pageOf(found, limit, ({ id }) => id);
  }

  /**
   * Returns a rule and the tenants that match now.
   * @throws `network_rule.not_found`
   */
  async get(id: string): Promise<EmergencyStatus> {
    return this.statusIn(this.rules.manager, id);
  }

  private async radius(manager: EntityManager, input: NewEmergencyRule, lock: boolean): Promise<BlastRadius> {
    await check(manager, input);
    const { selector, ...content } = input;
    const radius = await blastRadius(manager, selector, { lock, images: null, quarantined: true });
    return { ...radius, match: emergencyMatch(radius.match, content) };
  }

  private async statusIn(manager: EntityManager, id: string): Promise<EmergencyStatus> {
    const rule = uuidOf('rule', id) === null ? null : await manager.findOneBy(EmergencyRule, { id });
    if (rule === null) throw notFound(id);
    const tenants = await manager.query<EmergencyTenant[]>(
      `SELECT t.id, t.slug, t.phase, CASE
         WHEN t.phase = 'failed' THEN 'failed'
         WHEN t.observed_generation < t.generation THEN 'pending'
         WHEN e.ended_at IS NOT NULL OR e.expires_at <= now() THEN 'lifted' ELSE 'in-force' END AS state
       FROM emergency_rules e JOIN tenants t ON ${EMERGENCY_SELECTS}
       WHERE e.id = $1 AND t.deleted_at IS NULL AND t.deletion_requested_at IS NULL ORDER BY t.slug`,
      [uuidOf('rule', id)],
    );
    return { rule, tenants: tenants.map((tenant) => ({ ...tenant, id: idOf('tenant', tenant.id) })) };
  }
}

/**
 * Locks the tenants that emergency rules select, until the transaction ends, and returns them in the order of their ids.
 * @param rules uuids
 * @param bornAfter only tenants created less than so many seconds before their rule, or after it
 */
export async function lockTenantsOf(
  manager: EntityManager,
  rules: readonly string[],
  bornAfter: number | null = null,
): Promise<string[]> {
  const locked = await manager.query<{ id: string }[]>(
    `SELECT t.id FROM tenants t WHERE t.deletion_requested_at IS NULL AND t.deleted_at IS NULL AND EXISTS (
       SELECT FROM emergency_rules e WHERE e.id = ANY($1::uuid[]) AND ${EMERGENCY_SELECTS}
         AND ($2::int IS NULL OR t.created_at > e.created_at - $2 * interval '1 second'))
     ORDER BY t.id FOR UPDATE OF t`,
    [rules, bornAfter],
  );
  return locked.map(({ id }) => id);
}

/** @throws `request.invalid`, `network_rule.{no_effect,expired,limit}` */
async function check(manager: EntityManager, input: NewEmergencyRule): Promise<void> {
  const { cidrs, except, expiresAt } = input;
  checkContent({ ...input, action: 'deny', hosts: [] });
  const ranges = { cidrs: cidrs.map(parseCidr), except: except.map(parseCidr) };
  if (isCoveredBy(ranges, [])) {
    throw fieldError('network_rule.no_effect', '/except', 'The exceptions cover every range of the rule.');
  }
  if (isCoveredBy(ranges, alsoByNat64(forbiddenCidrs.map(({ cidr }) => cidr)))) {
    throw fieldError('network_rule.no_effect', '/cidrs', 'All of these ranges are closed to every tenant anyway.');
  }
  const [standing] = await manager.query<{ now: Date; rules: number; ranges: number }[]>(
    `SELECT now(), count(*)::int AS rules, coalesce(sum(cardinality(cidrs) + cardinality(except_cidrs)), 0)::int AS ranges
     FROM emergency_rules WHERE ended_at IS NULL`,
  );
  if (standing === undefined) return;
  if (expiresAt !== null && expiresAt <= standing.now) {
    throw fieldError('network_rule.expired', '/expiresAt', 'This time has already passed.');
  }
  if (standing.rules >= MOST_RULES) {
    throw fieldError('network_rule.limit', '', `At most ${MOST_RULES} emergency rules can be in force: lift one.`);
  }
  const all = standing.ranges + cidrs.length + except.length;
  if (all <= MOST_RANGES) return;
  const detail = `Emergency rules can have at most ${MOST_RANGES} ranges together, these would have ${all}.`;
  throw fieldError('network_rule.limit', '/cidrs', detail);
}

function notFound(id: string, more = ''): DomainError {
  return new DomainError('network_rule.not_found', `There is no emergency rule "${id}"${more}.`);
}
