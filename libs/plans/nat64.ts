import { type Cidr, parseCidr } from './cidr.js';

/** The prefix by which networks translate: an address of it ends in the IPv4 address that it stands for (RFC 6052). */
const NAT64 = parseCidr('64:ff9b::/96');

/**
 * Returns ranges, and for those of IPv4 also the addresses by which a network that translates reaches them. To be used
 * for what is closed: "64:ff9b::a00:0/104" leads where "10.0.0.0/8" does.
 */
export function alsoByNat64(cidrs: readonly Cidr[]): Cidr[] {
  return cidrs.flatMap((cidr) => (cidr.family === 'ipv4' ? [cidr, translated(cidr)] : [cidr]));
}

function translated({ text, first }: Cidr): Cidr {
  const address = NAT64.first + first;
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(16 * (7 - index))) & 0xffffn);
  const prefix = 96 + Number(text.slice(text.indexOf('/') + 1));
  return parseCidr(`${groups.map((group) => group.toString(16)).join(':')}/${prefix}`);
}
