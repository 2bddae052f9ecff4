import {
  alwaysClosed,
  beyondPlan,
  isCoveredBy,
  lackingForRule,
  mergeCidrs,
  type NetworkRule,
  podGroupCount,
} from '#isolation';
import { parseCidr, prefixOf, strictlyContainsCidr } from '#plans';
import { type DomainError, fieldError, invalidField } from '#problems';

import { hasExpired, otherRules, type RuleContext } from './rule-context.js';

/** Most rules of a tenant, whatever its plan. */
const MOST_RULES = 200;
/** Most ranges of all rules of a tenant. */
const MOST_RANGES = 2_000;
/** Most hosts of all rules of a tenant: every proxy of its pods resolves each of them, again and again. */
const MOST_HOSTS = 200;
/** Most different selectors of rules that deny, for each direction: each divides the pods once more. */
const MOST_DENYING_SELECTORS = 4;
/** Most different selectors of rules that allow, for each direction. */
const MOST_ALLOWING_SELECTORS = 16;
/** Most NetworkPolicies for the rules of one direction in an environment. */
const MOST_POLICIES = 64;

/** A rule to check, and when it expires. */
export type CheckedRule = NetworkRule & { expiresAt: Date | null };

/**
 * Refuses a rule that contradicts itself, has no effect, or cannot be carried out. Pure. Pointers refer to the request.
 * @param context with the other rules of the tenant; a rule of the same id is the one that changes
 * @throws `request.invalid`, `network_rule.{environment_unknown,expired,no_effect,limit}`, `tenant.plan_limit`,
 *   `tenant.capability_missing`
 */
export function checkRule(rule: CheckedRule, context: RuleContext): void {
  checkContent(rule);
  checkPlace(rule, context);
  checkEffect(rule, context);
  checkPlan(rule, context);
  const lacking = lackingForRule(rule, context);
  if (lacking !== null) {
    const detail = `${lacking.detail} Missing capability: ${lacking.capability}.`;
    throw fieldError('tenant.capability_missing', lacking.pointer, detail);
  }
  checkLimits(rule, context);
}

/**
 * Refuses a rule that contradicts itself.
 * @throws `request.invalid`
 */
export function checkContent({
  direction,
  action,
  cidrs,
  hosts,
  except,
  ports,
}: Pick<CheckedRule, 'direction' | 'action' | 'cidrs' | 'hosts' | 'except' | 'ports'>): void {
  if (cidrs.length + hosts.length === 0) throw invalidField('/cidrs', 'List at least one range or host.');
  if (cidrs.length > 0 && hosts.length > 0) throw invalidField('/hosts', 'A rule has either ranges or hosts.');
  if (hosts.length > 0) checkHosts({ direction, action, ports });
  const ranges = mergeCidrs(cidrs.map(parseCidr));
  const stray = except.findIndex((text) => !ranges.some((range) => strictlyContainsCidr(range, parseCidr(text))));
  if (stray !== -1) {
    throw invalidField(`/except/${stray}`, `${except[stray] ?? ''} is not a part of a range in "cidrs".`);
  }
  if (direction === 'egress' || action === 'allow') return;
  const whole = ranges.find((range) => prefixOf(range) === 0);
  if (whole === undefined) return;
  const named = Math.max(0, cidrs.indexOf(whole.text));
  const detail = `To deny ingress from ${whole.text} would close the tenant to everyone: place a hold instead.`;
  throw invalidField(`/cidrs/${named}`, detail);
}

/** A mesh tells hosts apart on one TCP port at a time: by the name in a request, or in the greeting of TLS. */
function checkHosts({ direction, action, ports }: Pick<CheckedRule, 'direction' | 'action' | 'ports'>): void {
  if (direction === 'ingress') throw invalidField('/hosts', 'Callers are told apart by their address: list ranges.');
  if (action === 'deny') return;
  if (ports.length === 0) {
    throw invalidField('/ports', 'Name the TCP ports on which the hosts are called, such as 443.');
  }
  const unfit = ports.findIndex(({ protocol, port, endPort }) => {
    return protocol !== 'TCP' || port === undefined || endPort !== undefined;
  });
  if (unfit === -1) return;
  throw invalidField(`/ports/${unfit}`, 'Hosts can be allowed on single TCP ports only.');
}

function checkPlace({ environments, expiresAt }: CheckedRule, context: RuleContext): void {
  const unknown = environments?.findIndex((name) => !context.environments.includes(name)) ?? -1;
  if (unknown !== -1) {
    const detail = `The tenant has no environment "${environments?.[unknown] ?? ''}".`;
    throw fieldError('network_rule.environment_unknown', `/environments/${unknown}`, detail);
  }
  if (!hasExpired({ expiresAt }, context.now)) return;
  throw fieldError('network_rule.expired', '/expiresAt', 'This time has already passed.');
}

function checkEffect({ cidrs, except }: CheckedRule, context: RuleContext): void {
  if (cidrs.length === 0) return;
  const ranges = { cidrs: cidrs.map(parseCidr), except: except.map(parseCidr) };
  if (isCoveredBy(ranges, [])) {
    throw fieldError('network_rule.no_effect', '/except', 'The exceptions cover every range of the rule.');
  }
  if (!isCoveredBy(ranges, alwaysClosed(context))) return;
  const detail =
    'All of these ranges are closed anyway: they belong to the cluster, lead to metadata services, or are denied by the ' +
    'plan.';
  throw fieldError('network_rule.no_effect', '/cidrs', detail);
}

function checkPlan(rule: CheckedRule, context: RuleContext): void {
  if (rule.beyondPlan) return;
  const { plan } = context;
  const beyond = beyondPlan(rule, plan.spec);
  if (beyond !== null) throw fieldError('tenant.plan_limit', beyond.pointer, `The plan "${plan.id}" ${beyond.detail}`);
  const { max } = plan.spec.network.rules;
  const others = otherRules(context, rule).filter((other) => !other.beyondPlan);
  if (others.length < max) return;
  const detail = `The plan "${plan.id}" allows ${max} network rules, and the tenant already has ${others.length}.`;
  throw fieldError('tenant.plan_limit', '', detail);
}

function checkLimits(rule: CheckedRule, context: RuleContext): void {
  const all: NetworkRule[] = [...otherRules(context, rule), rule];
  if (all.length > MOST_RULES) throw limit('', `A tenant can have at most ${MOST_RULES} network rules.`);
  const ranges = all.reduce((sum, { cidrs, except }) => sum + cidrs.length + except.length, 0);
  if (ranges > MOST_RANGES) {
    throw limit('/cidrs', `The rules of a tenant can have at most ${MOST_RANGES} ranges, these would have ${ranges}.`);
  }
  const hosts = all.reduce((sum, { hosts: names }) => sum + names.length, 0);
  if (hosts > MOST_HOSTS) {
    throw limit('/hosts', `The rules of a tenant can have at most ${MOST_HOSTS} hosts, these would have ${hosts}.`);
  }
  const most = rule.action === 'deny' ? MOST_DENYING_SELECTORS : MOST_ALLOWING_SELECTORS;
  const alike = all.filter(({ direction, action }) => direction === rule.direction && action === rule.action);
  const selectors = new Set(alike.map(({ podLabels }) => JSON.stringify(Object.entries(podLabels).sort())));
  selectors.delete('[]');
  if (selectors.size > most) {
    const what = `rules that ${rule.action} ${rule.direction}`;
    throw limit('/podSelector', `The ${what} of a tenant can have at most ${most} different selectors.`);
  }
  const policies = podGroupCount(all);
  if (policies <= MOST_POLICIES) return;
  const detail = `The selectors of the rules would divide the pods into ${policies} groups, more than ${MOST_POLICIES}.`;
  throw limit('/podSelector', detail);
}

function limit(pointer: string, detail: string): DomainError {
  return fieldError('network_rule.limit', pointer, detail);
}
