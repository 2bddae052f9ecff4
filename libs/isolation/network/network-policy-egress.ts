import {
  type Cidr,
  compareCidrs,
  containsCidr,
  forbiddenCidrs,
  hostCidr,
  parseCidr,
  strictlyContainsCidr,
} from '#plans';

import { type TenantInput } from '../model/tenant-input.js';

/** An `ipBlock` peer of a NetworkPolicy. */
export interface IpBlockPeer {
  ipBlock: { cidr: string; except?: string[] };
}

const internet: readonly Cidr[] = ['0.0.0.0/0', '::/0'].map(parseCidr);

/** Everything that is not the public internet, beside what no plan may open. */
const specialRanges: readonly Cidr[] = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '240.0.0.0/4',
  // Reaches IPv4 addresses of every kind where the network translates (RFC 8215).
  '64:ff9b:1::/48',
  'fc00::/7',
].map(parseCidr);

/** The internet as far as the plan opens it: at most one peer for each address family, none for "none". */
export function internetPeers(tenant: TenantInput): IpBlockPeer[] {
  if (tenant.plan.spec.network.internetEgress === 'none') return [];
  return ipBlocks(internet, [...alwaysClosed(tenant), ...specialRanges]);
}

/**
 * The ranges that the plan opens in any case. They never open the cluster itself: its ranges are cut out, and a range
 * that lies wholly in them is left out, because an operator's list is shared by clusters that number themselves
 * differently.
 */
export function allowedRangePeers(tenant: TenantInput): IpBlockPeer[] {
  return ipBlocks(tenant.plan.spec.network.allowCidrs.map(parseCidr), alwaysClosed(tenant));
}

/** Peers for single addresses, on which nothing is closed. Throws InvalidCidrError when one is no address. */
export function addressPeers(addresses: readonly string[]): IpBlockPeer[] {
  return ipBlocks(addresses.map(hostCidr), []);
}

function alwaysClosed({ cluster, plan }: TenantInput): Cidr[] {
  const { podCidrs, serviceCidrs, nodeCidrs, apiServerEndpoints } = cluster;
  return [
    ...forbiddenCidrs.map(({ cidr }) => cidr),
    ...[...podCidrs, ...serviceCidrs, ...nodeCidrs, ...plan.spec.network.denyCidrs].map(parseCidr),
    ...apiServerEndpoints.ips.map(hostCidr),
  ];
}

/**
 * The ranges as peers, without what is closed. The API server refuses an `except` that is not strictly inside its
 * `cidr`, so only those are listed, and a range that is closed as a whole is no peer at all. Excepts that lie in
 * wider ones stay: metadata addresses are to be seen in the policy by whoever audits it.
 */
function ipBlocks(cidrs: readonly Cidr[], closed: readonly Cidr[]): IpBlockPeer[] {
  return ordered(cidrs)
    .filter((cidr) => !closed.some((range) => containsCidr(range, cidr)))
    .map((cidr) => {
      const except = ordered(closed.filter((range) => strictlyContainsCidr(cidr, range))).map(({ text }) => text);
      return { ipBlock: except.length > 0 ? { cidr: cidr.text, except } : { cidr: cidr.text } };
    });
}

/** Ranges each once and in ascending order. */
function ordered(cidrs: readonly Cidr[]): Cidr[] {
  return [...new Map(cidrs.map((cidr) => [cidr.text, cidr])).values()].sort(compareCidrs);
}
