import { coversHost, parseCidr } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { addressesOverlap, type AddressSet, normalized } from './address-set.js';
import { portSet, portsOverlap } from './port-set.js';

/** What a rule is about. */
export type RuleContent = Omit<NetworkRule, 'id' | 'beyondPlan'>;

const addressSets = new WeakMap<RuleContent, AddressSet>();

/** Reports whether some traffic is allowed by one of the rules and denied by the other. Pure. */
export function contradict(a: RuleContent, b: RuleContent): boolean {
  return (
    a.action !== b.action &&
    a.direction === b.direction &&
    shareEnvironment(a, b) &&
    sharePods(a, b) &&
    portsOverlap(portSet(a.ports), portSet(b.ports)) &&
    (shareHost(a, b) || addressesOverlap(addressesOf(a), addressesOf(b)))
  );
}

function shareEnvironment({ environments: a }: RuleContent, { environments: b }: RuleContent): boolean {
  return a === null || b === null || a.some((name) => b.includes(name));
}

/** A pod can have the labels of both unless they ask for different values of one. */
function sharePods({ podLabels: a }: RuleContent, { podLabels: b }: RuleContent): boolean {
  return Object.entries(a).every(([key, value]) => b[key] === undefined || b[key] === value);
}

function shareHost({ hosts: a }: RuleContent, { hosts: b }: RuleContent): boolean {
  return a.some((host) => b.some((other) => coversHost(host, other) || coversHost(other, host)));
}

function addressesOf(rule: RuleContent): AddressSet {
  let known = addressSets.get(rule);
  if (known === undefined) {
    known = normalized({ cidrs: rule.cidrs.map(parseCidr), except: rule.except.map(parseCidr) });
    addressSets.set(rule, known);
  }
  return known;
}
