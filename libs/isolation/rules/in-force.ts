import { coversHost, parseCidr, type PlanSpec } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { isWithinAny, mergeCidrs } from './address-set.js';
import { lackingForRule } from './rule-support.js';

/** A part of a rule that the plan does not let rules open. */
export interface BeyondPlan {
  /** The field of the rule, such as `/cidrs/2`. */
  pointer: string;
  /** A sentence that begins with a verb; its subject is the plan. */
  detail: string;
}

/** Returns what a rule would open beyond the bounds of a plan; null: nothing. A rule that denies opens nothing. Pure. */
export function beyondPlan(
  { action, direction, cidrs, hosts }: Pick<NetworkRule, 'action' | 'direction' | 'cidrs' | 'hosts'>,
  { network }: Pick<PlanSpec, 'network'>,
): BeyondPlan | null {
  const { rules } = network;
  if (action === 'deny') return null;
  if (rules.denyOnly) return { pointer: '/action', detail: 'lets rules only deny.' };
  const bounds = mergeCidrs(rules[direction].map(parseCidr));
  const range = cidrs.findIndex((cidr) => !isWithinAny(bounds, parseCidr(cidr)));
  if (range !== -1) {
    const where = rules[direction].length === 0 ? 'in no range' : `only in ${rules[direction].join(', ')}`;
    return { pointer: `/cidrs/${range}`, detail: `lets rules allow ${direction} ${where}.` };
  }
  const host = hosts.findIndex((name) => !rules.hosts.some((pattern) => coversHost(pattern, name)));
  if (host === -1) return null;
  const which = rules.hosts.length === 0 ? 'to no host' : `only to ${rules.hosts.join(', ')}`;
  return { pointer: `/hosts/${host}`, detail: `lets rules allow egress ${which}.` };
}

/** Why a rule that has not expired is not carried out; null: it is, unless the tenant is cut off. Pure. */
export function outOfForce(
  rule: NetworkRule,
  { cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>,
): { reason: 'outside-plan' | 'unsupported'; detail: string } | null {
  const beyond = rule.beyondPlan ? null : beyondPlan(rule, plan.spec);
  if (beyond !== null) return { reason: 'outside-plan', detail: `The plan "${plan.id}" ${beyond.detail}` };
  const lacking = lackingForRule(rule, { cluster, plan });
  return lacking && { reason: 'unsupported', detail: lacking.detail };
}

/** Returns the rules that are carried out in an environment. */
export function rulesInForce(tenant: TenantInput, { name }: TenantEnvironment): NetworkRule[] {
  const { networkRules = [] } = tenant;
  return networkRules.filter(
    (rule) => (rule.environments?.includes(name) ?? true) && outOfForce(rule, tenant) === null,
  );
}
