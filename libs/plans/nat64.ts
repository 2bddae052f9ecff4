import { type Cidr, cidrAt, parseCidr, prefixOf } from './cidr.js';

/** The prefix by which networks translate: an address of it ends in the IPv4 address that it stands for (RFC 6052). */
const NAT64 = parseCidr('64:ff9b::/96');

/**
 * Returns ranges, and for those of IPv4 also the addresses by which a network that translates reaches them. To be used
 * for what is closed: "64:ff9b::a00:0/104" leads where "10.0.0.0/8" does.
 */
export function alsoByNat64(cidrs: readonly Cidr[]): Cidr[] {
  return cidrs.flatMap((cidr) => (cidr.family === 'ipv4' ? [cidr, translated(cidr)] : [cidr]));
}

/** Returns only the addresses by which a network that translates reaches the ranges of IPv4. */
export function byNat64(cidrs: readonly Cidr[]): Cidr[] {
  return cidrs.filter(({ family }) => family === 'ipv4').map(translated);
}

const translations = new WeakMap<Cidr, Cidr>();

function translated(cidr: Cidr): Cidr {
  let known = translations.get(cidr);
  if (known === undefined) {
    known = cidrAt('ipv6', NAT64.first + cidr.first, 96 + prefixOf(cidr));
    translations.set(cidr, known);
  }
  return known;
}
