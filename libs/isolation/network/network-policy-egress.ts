import {
  alsoByNat64,
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

/** Ranges that are not the public internet, in addition to those that no plan can open. */
const specialRanges: readonly Cidr[] = alsoByNat64(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '240.0.0.0/4',
    'fc00::/7',
  ].map(parseCidr),
);

/** Returns the parts of the internet that the plan opens: at most one peer for each address family, none for "none". */
export function internetPeers(tenant: TenantInput): IpBlockPeer[] {
  if (tenant.plan.spec.network.internetEgress === 'none') return [];
  return ipBlocks(internet, [...alwaysClosed(tenant), ...specialRanges]);
}

/**
 * Returns the ranges that the plan opens explicitly. They never open the cluster itself: its ranges are cut out, and a
 * range that lies entirely within them is dropped, because operators share one list between clusters with different
 * ranges.
 */
export function allowedRangePeers(tenant: TenantInput): IpBlockPeer[] {
  return ipBlocks(tenant.plan.spec.network.allowCidrs.map(parseCidr), alwaysClosed(tenant));
}

/**
 * Returns peers for single addresses, without exclusions.
 * @throws InvalidCidrError when one is not an address
 */
export function addressPeers(addresses: readonly string[]): IpBlockPeer[] {
  return ipBlocks(addresses.map(hostCidr), []);
}

function alwaysClosed({ cluster, plan }: TenantInput): Cidr[] {
  const { podCidrs, serviceCidrs, nodeCidrs, apiServerEndpoints } = cluster;
  return [
    ...forbiddenCidrs.map(({ cidr }) => cidr),
    ...alsoByNat64([
      ...[...podCidrs, ...serviceCidrs, ...nodeCidrs, ...plan.spec.network.denyCidrs].map(parseCidr),
      ...apiServerEndpoints.ips.map(hostCidr),
    ]),
  ];
}

/**
 * Returns the ranges as peers, without the closed ones. The API server refuses an `except` that is not strictly inside
 * its `cidr`, so only such are listed, and a range that is closed as a whole yields no peer. Excepts inside wider ones
 * are kept, so that an auditor sees metadata addresses in the policy.
 */
function ipBlocks(cidrs: readonly Cidr[], closed: readonly Cidr[]): IpBlockPeer[] {
  return ordered(cidrs)
    .filter((cidr) => !closed.some((range) => containsCidr(range, cidr)))
    .map((cidr) => {
      const except = ordered(closed.filter((range) => strictlyContainsCidr(cidr, range))).map(({ text }) => text);
      return { ipBlock: except.length > 0 ? { cidr: cidr.text, except } : { cidr: cidr.text } };
    });
}

/** Returns the distinct ranges in ascending order. */
function ordered(cidrs: readonly Cidr[]): Cidr[] {
  return [...new Map(cidrs.map((cidr) => [cidr.text, cidr])).values()].sort(compareCidrs);
}
