import { contradict, layersOf, outOfForce, type RuleLayer } from '#isolation';

import { type StoredNetworkRule } from './network-rule.entity.js';
import { hasExpired, otherRules, type RuleContext } from './rule-context.js';

/** Why a rule is not in force. `pending`: a worker still has to carry it out. */
export const outOfForceReasons = ['pending', 'expired', 'deleted', 'cut-off', 'outside-plan', 'unsupported'] as const;

export interface OutOfForce {
  code: (typeof outOfForceReasons)[number];
  /** A sentence. */
  detail: string;
}

/** A rule, and what it does. */
export interface RuleStatus {
  rule: StoredNetworkRule;
  /** Whether it is an emergency rule, which other tenants have too. */
  emergency: boolean;
  /** Null: it is in force. */
  outOfForce: OutOfForce | null;
  layers: RuleLayer[];
  /** Rules with the opposite action about some of the same traffic, and whether this rule prevails. */
  contradicts: { id: string; prevails: boolean }[];
}

/** Judges a rule. Pure. */
export function statusOf(rule: StoredNetworkRule, context: RuleContext): RuleStatus {
  const emergency = context.emergencies.includes(rule);
  const standing = [...otherRules(context, rule), ...context.emergencies];
  const others = hasExpired(rule, context.now) ? [] : standing;
  return {
    rule,
    emergency,
    outOfForce: reasonOf(rule, context),
    layers: layersOf(rule, context),
    contradicts: others
      .filter((other) => contradict(rule, other))
      .map(({ id }) => ({ id, prevails: rule.action === 'deny' })),
  };
}

/** Judges a rule that was deleted. */
export function deletedStatus(rule: StoredNetworkRule): RuleStatus {
  return {
    rule,
    emergency: false,
    outOfForce: { code: 'deleted', detail: 'The rule was deleted.' },
    layers: [],
    contradicts: [],
  };
}

function reasonOf(rule: StoredNetworkRule, context: RuleContext): OutOfForce | null {
  const { cutOff, observedGeneration, now } = context;
  if (rule.expiresAt !== null && hasExpired(rule, now)) {
    return { code: 'expired', detail: `The rule expired at ${rule.expiresAt.toISOString()}.` };
  }
  const out = outOfForce(rule, context);
  if (out !== null) return { code: out.reason, detail: out.detail };
  if (cutOff) {
    return { code: 'cut-off', detail: 'The tenant is suspended or quarantined: all of its traffic is blocked.' };
  }
  if (observedGeneration < rule.generation) {
    return { code: 'pending', detail: 'A worker still has to carry the rule out: see the operation.' };
  }
  return null;
}
