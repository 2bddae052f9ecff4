import { byNat64, parseCidr } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { type AddressSet } from './address-set.js';

/**
 * Returns the addresses that a rule is about. What denies an IPv4 address also denies the IPv6 address by which a network
 * translates to it, unless it excepts that IPv4 address: an exception of IPv6 addresses alone would open the translation
 * of what stays denied.
 */
export function ruleAddresses({ action, ...rule }: Pick<NetworkRule, 'action' | 'cidrs' | 'except'>): AddressSet[] {
  const [cidrs, except] = [rule.cidrs.map(parseCidr), rule.except.map(parseCidr)];
  const translated = action === 'deny' ? byNat64(cidrs) : [];
  return [{ cidrs, except }, ...(translated.length === 0 ? [] : [{ cidrs: translated, except: byNat64(except) }])];
}
