import { type Cidr, cidrsOverlap, parseCidr } from './cidr.js';
import { alsoByNat64 } from './nat64.js';

/** A range that no plan can open, and the reason. */
export interface ForbiddenCidr {
  cidr: Cidr;
  reason: string;
}

/**
 * Ranges that a tenant can never reach, whatever its plan. Metadata addresses give access to the credentials of the
 * node, and through them to the cluster (kubernetes.io, Security Checklist: "filter access to the cloud metadata API").
 */
export const forbiddenCidrs: readonly ForbiddenCidr[] = [
  forbidden('0.0.0.0/8', 'this host'),
  forbidden('100.100.100.200/32', 'the metadata service of Alibaba Cloud'),
  forbidden('127.0.0.0/8', 'loopback'),
  forbidden('168.63.129.16/32', 'the wire server of Azure'),
  forbidden('169.254.0.0/16', 'link-local addresses, among them cloud metadata services'),
  forbidden('192.0.0.192/32', 'the metadata service of Oracle Cloud'),
  forbidden('224.0.0.0/4', 'multicast'),
  forbidden('255.255.255.255/32', 'broadcast'),
  // ::1, ::ffff:0:0/96 and what else RFC 4291, 2.5, and RFC 2765, 2.1, put there.
  forbidden('::/64', 'this host, and addresses that stand for those of IPv4'),
  // Where the IPv4 address is depends on the network (RFC 8215).
  forbidden('64:ff9b:1::/48', 'NAT64 of the local network, which leads to addresses of IPv4'),
  forbidden('2001::/32', 'Teredo, which leads to addresses of IPv4'),
  forbidden('2002::/16', '6to4, which leads to addresses of IPv4'),
  forbidden('fd00:ec2::/32', 'the metadata service of AWS'),
  forbidden('fd20:ce::254/128', 'the metadata service of Google Cloud'),
  forbidden('fe80::/10', 'link-local addresses'),
  forbidden('fec0::/10', 'site-local addresses, which RFC 3879 abolished'),
  forbidden('ff00::/8', 'multicast'),
].flat();

/** Returns the first forbidden range that shares an address with `cidr`. */
export function forbiddenOverlap(cidr: Cidr): ForbiddenCidr | undefined {
  return forbiddenCidrs.find((candidate) => cidrsOverlap(candidate.cidr, cidr));
}

/** The range, and that of NAT64 which leads to it. */
function forbidden(text: string, reason: string): ForbiddenCidr[] {
  return alsoByNat64([parseCidr(text)]).map((cidr) => ({ cidr, reason }));
}
