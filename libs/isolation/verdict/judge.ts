import { type Endpoint, isSelectable, type Port } from './endpoint.js';
import { isPeer, isPort, type Reading } from './match.js';
import { type Policies } from './policies.js';
import { type Action, type Direction, type Policy, type PolicyRef, type Rule } from './policy-model.js';

/** The object that decides, and its rule. */
export interface Reason {
  object: PolicyRef;
  /** The index of the rule in the object's list; null: no rule, but the fact that the object selects the pod. */
  rule: number | null;
  effect: 'allows' | 'denies' | 'passes' | 'isolates';
}

/** What decided: a tier; the default, if no policy did; or policies do not apply to it. */
export type DecidedBy = 'Admin' | 'NetworkPolicy' | 'Baseline' | 'default' | 'not-selectable' | 'loopback';

export interface DirectionVerdict {
  allowed: boolean;
  decidedBy: DecidedBy;
  because: Reason[];
}

export interface Verdict {
  /** True if both directions allow it. */
  allowed: boolean;
  /** True if other readings of the same objects, as some network plug-ins have, give another verdict. */
  readingsDiffer: boolean;
  /** The verdict of the policies that apply to the sender. */
  egress: DirectionVerdict;
  /** The verdict of the policies that apply to the receiver. */
  ingress: DirectionVerdict;
}

export interface JudgeOptions {
  /** Whether an address block matches pods with addresses in it, which depends on the network plug-in. */
  ipBlockMatchesPods?: boolean;
}

interface Question {
  policies: Policies;
  from: Endpoint;
  to: Endpoint;
  port: Port;
}

const byDefault = (decidedBy: DecidedBy): DirectionVerdict => ({ allowed: true, decidedBy, because: [] });

/**
 * Decides from objects alone whether one endpoint reaches another, and which objects decide it. The Admin tier is
 * evaluated first, then NetworkPolicies, which are final for a pod that one of them selects, then the Baseline tier;
 * traffic that nothing decides is allowed (KEP-2091; kubernetes.io, Network Policies). A pod always reaches itself.
 * That kubelets reach the pods of their own node despite policies is ignored: no object records where a pod runs.
 */
export function judge(
  policies: Policies,
  from: Endpoint,
  to: Endpoint,
  port: Port,
  options: JudgeOptions = {},
): Verdict {
  if (from === to) {
    const loopback = byDefault('loopback');
    return { allowed: true, readingsDiffer: false, egress: loopback, ingress: loopback };
  }
  const question = { policies, from, to, port };
  const first: Reading = { blocks: options.ipBlockMatchesPods === false ? 'never' : 'wide', mattered: false };
  const verdict = bothDirections(question, first);
  const others = (['wide', 'narrow', 'never'] as const).filter((blocks) => first.mattered && blocks !== first.blocks);
  const readingsDiffer =
    verdict.tied ||
    others.some((blocks) => bothDirections(question, { blocks, mattered: false }).allowed !== verdict.allowed);
  const { allowed, egress, ingress } = verdict;
  return { allowed, readingsDiffer, egress, ingress };
}

type Decision = DirectionVerdict & { tied: boolean };

function bothDirections(
  question: Question,
  reading: Reading,
): { allowed: boolean; tied: boolean; egress: DirectionVerdict; ingress: DirectionVerdict } {
  const { tied: egressTied, ...egress } = decide(question, 'egress', reading);
  const { tied: ingressTied, ...ingress } = decide(question, 'ingress', reading);
  return { allowed: egress.allowed && ingress.allowed, tied: egressTied || ingressTied, egress, ingress };
}

function decide(question: Question, direction: Direction, reading: Reading): Decision {
  const { policies, from, to } = question;
  const subject = direction === 'egress' ? from : to;
  if (!isSelectable(subject)) return { ...byDefault('not-selectable'), tied: false };
  const held = policies.holding(subject, direction);
  const admin = inTier(question, direction, held.Admin, reading);
  if (admin.action === 'Accept' || admin.action === 'Deny') return decision('Admin', admin);
  const passed = reasonsOf(admin.rules);
  if (held.NetworkPolicy.length > 0) {
    const because = held.NetworkPolicy.flatMap((policy) => matching(question, direction, policy, reading));
    const allowed = because.length > 0;
    const isolating = held.NetworkPolicy.map(({ ref }): Reason => ({ object: ref, rule: null, effect: 'isolates' }));
    const reasons = [...passed, ...(allowed ? reasonsOf(because) : isolating)];
    return { allowed, decidedBy: 'NetworkPolicy', because: reasons, tied: admin.tied };
  }
  const baseline = inTier(question, direction, held.Baseline, reading);
  if (baseline.action === 'Accept' || baseline.action === 'Deny') {
    const { because, ...decided } = decision('Baseline', baseline);
    return { ...decided, because: [...passed, ...because], tied: baseline.tied || admin.tied };
  }
  const because = [...passed, ...reasonsOf(baseline.rules)];
  return { allowed: true, decidedBy: 'default', because, tied: admin.tied || baseline.tied };
}

interface TierAnswer {
  action: Action | null;
  rules: Rule[];
  /** True if policies of the same priority disagree: the API does not define which one applies. */
  tied: boolean;
}

/**
 * Finds the first rule of a tier that matches the connection. If policies of the same priority disagree, the most
 * permissive one counts, so that the verdict errs towards "reachable".
 */
function inTier(question: Question, direction: Direction, policies: readonly Policy[], reading: Reading): TierAnswer {
  let found: Rule[] = [];
  let priority = -1;
  for (const policy of policies) {
    if (found.length > 0 && policy.priority !== priority) break;
    const [rule] = matching(question, direction, policy, reading);
    if (rule === undefined) continue;
    ({ priority } = policy);
    found.push(rule);
  }
  const action = (['Accept', 'Pass', 'Deny'] as const).find((wanted) => found.some((rule) => rule.action === wanted));
  const tied = found.some((rule) => rule.action !== action);
  found = found.filter((rule) => rule.action === action);
  return { action: action ?? null, rules: found, tied };
}

function matching(
  { policies, from, to, port }: Question,
  direction: Direction,
  policy: Policy,
  reading: Reading,
): Rule[] {
  const peer = direction === 'egress' ? to : from;
  return (policy.rules[direction] ?? []).filter(
    ({ ports, peers }) =>
      (ports === null || ports.some((match) => isPort(match, to, port))) &&
      (peers === null || peers.some((item) => isPeer(policies, item, peer, reading))),
  );
}

const effects: Record<Action, Reason['effect']> = { Accept: 'allows', Deny: 'denies', Pass: 'passes' };

function reasonsOf(rules: readonly Rule[]): Reason[] {
  return rules.map(({ source, index, action }) => ({ object: source, rule: index, effect: effects[action] }));
}

function decision(tier: 'Admin' | 'Baseline', { action, rules, tied }: TierAnswer): Decision {
  return { allowed: action === 'Accept', decidedBy: tier, because: reasonsOf(rules), tied };
}
