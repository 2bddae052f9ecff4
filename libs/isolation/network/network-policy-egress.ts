import { alsoByNat64, type Cidr, compareCidrs, hostCidr, parseCidr } from '#plans';

import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { type AddressSource } from '../rules/address-pieces.js';
import { openHosts } from '../rules/proxied-egress.js';
import { ALL_PORTS, portSet } from '../rules/port-set.js';
import { type IpBlockPeer } from './network-policy-parts.js';

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

const HTTPS = portSet([{ protocol: 'TCP', port: 443 }]);

/** Returns what the plan opens by address: the internet, and the ranges that it lists. */
export function planSources({ plan }: Pick<TenantInput, 'plan'>): AddressSource[] {
  const { internetEgress, allowCidrs } = plan.spec.network;
  const listed: AddressSource = { action: 'allow', cidrs: allowCidrs.map(parseCidr), except: [], ports: ALL_PORTS };
  if (internetEgress === 'none') return [listed];
  const ports = internetEgress === 'https' ? HTTPS : ALL_PORTS;
  return [{ action: 'allow', cidrs: internet, except: specialRanges, ports }, listed];
}

/**
 * Returns what rules about hosts open by address: the ports of the hosts, to the internet alone. The mesh decides by name
 * which of these connections it passes on.
 */
export function hostSources(tenant: TenantInput, environment: TenantEnvironment): AddressSource[] {
  const ports = [...new Set(openHosts(tenant, environment).flatMap((host) => host.ports))].sort((a, b) => a - b);
  if (ports.length === 0) return [];
  const opened = portSet(ports.map((port) => ({ protocol: 'TCP', port })));
  return [{ action: 'allow', cidrs: internet, except: specialRanges, ports: opened }];
}

/**
 * Returns peers for single addresses.
 * @throws InvalidCidrError when one is not an address
 */
export function addressPeers(addresses: readonly string[]): IpBlockPeer[] {
  const distinct = new Map(addresses.map((address) => [address, hostCidr(address)]));
  return [...distinct.values()].sort(compareCidrs).map(({ text }) => ({ ipBlock: { cidr: text } }));
}
