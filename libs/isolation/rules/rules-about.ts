import { type Cidr, hostCidr } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { type Protocol } from '../model/protocol.js';
import { isCutOff } from '../model/restriction.js';
import { type TenantInput } from '../model/tenant-input.js';
import { type AddressSet, isWithinAny, mergeCidrs, normalized } from './address-set.js';
import { alwaysClosed } from './closed-ranges.js';
import { rulesInForce } from './in-force.js';
import { portSet } from './port-set.js';
import { ruleAddresses } from './rule-addresses.js';

/** Traffic between pods of a tenant and an address. */
export interface AddressTraffic {
  direction: NetworkRule['direction'];
  /** Of the pods. */
  namespace: string;
  podLabels: Readonly<Record<string, string>>;
  /** The other end. */
  address: string;
  /** Of the destination. */
  port: { protocol: Protocol; port: number };
}

/** A rule that applies to some traffic, and whether the traffic is open or closed because of it. */
export interface RuleAbout {
  rule: NetworkRule;
  decides: boolean;
}

/**
 * Returns the rules in force that apply to some traffic: those that deny first, each by id. A rule that allows decides
 * unless one that denies applies too; none decides about what is always closed, nor while the tenant is cut off. Pure.
 */
export function rulesAbout(tenant: TenantInput, traffic: AddressTraffic): RuleAbout[] {
  const environment = tenant.environments.find(({ namespace }) => namespace === traffic.namespace);
  if (environment === undefined || isCutOff(tenant)) return [];
  const applying = rulesInForce(tenant, environment).filter((rule) => appliesTo(rule, traffic));
  const of = (action: NetworkRule['action']): NetworkRule[] => applying.filter((rule) => rule.action === action);
  const isOpenable = applying.length > 0 && !isWithinAny(closedTo(tenant), hostCidr(traffic.address));
  const denies = of('deny').map((rule) => ({ rule, decides: isOpenable }));
  return [...denies, ...of('allow').map((rule) => ({ rule, decides: isOpenable && denies.length === 0 }))];
}

function appliesTo(
  rule: NetworkRule,
  { direction, podLabels, address, port: { protocol, port } }: AddressTraffic,
): boolean {
  return (
    rule.direction === direction &&
    Object.entries(rule.podLabels).every(([key, value]) => podLabels[key] === value) &&
    portSet(rule.ports)[protocol].some(({ first, last }) => first <= port && port <= last) &&
    addressesOf(rule).some((set) => holds(set, hostCidr(address)))
  );
}

function holds({ cidrs, except }: AddressSet, address: Cidr): boolean {
  return isWithinAny(cidrs, address) && !isWithinAny(except, address);
}

const addressSets = new WeakMap<NetworkRule, AddressSet[]>();

function addressesOf(rule: NetworkRule): AddressSet[] {
  let known = addressSets.get(rule);
  if (known === undefined) addressSets.set(rule, (known = ruleAddresses(rule).map(normalized)));
  return known;
}

const closedRanges = new WeakMap<TenantInput, readonly Cidr[]>();

function closedTo(tenant: TenantInput): readonly Cidr[] {
  let known = closedRanges.get(tenant);
  if (known === undefined) closedRanges.set(tenant, (known = mergeCidrs(alwaysClosed(tenant))));
  return known;
}
