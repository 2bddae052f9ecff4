import { type Cidr, cidrAt, compareCidrs, containsCidr, coversHost, parseCidr, prefixOf } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { addressPieces } from './address-pieces.js';
import { mergeCidrs } from './address-set.js';
import { alwaysClosed } from './closed-ranges.js';
import { rulesInForce } from './in-force.js';
import { ALL_PORTS } from './port-set.js';

/** A host that pods may call, and on which TCP ports. */
export interface OpenHost {
  /** A name in the public DNS, exact or with one leading wildcard. */
  host: string;
  /** Ascending; never empty. */
  ports: readonly number[];
}

/** Returns the hosts that rules open in an environment, without what rules deny of them, in order. */
export function openHosts(tenant: TenantInput, environment: TenantEnvironment): OpenHost[] {
  const rules = rulesInForce(tenant, environment).filter(({ hosts }) => hosts.length > 0);
  const denied = rules.filter(({ action }) => action === 'deny');
  const ports = new Map<string, Set<number>>();
  for (const rule of rules.filter(({ action }) => action === 'allow')) {
    for (const host of rule.hosts) {
      const open = portNumbers(rule).filter((port) => !denied.some((denial) => denies(denial, host, port)));
      ports.set(host, new Set([...(ports.get(host) ?? []), ...open]));
    }
  }
  return [...ports]
    .filter(([, open]) => open.size > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, open]) => ({ host, ports: [...open].sort((a, b) => a - b) }));
}

/**
 * A denial of one name below a wildcard closes the whole wildcard: a mesh knows a wildcard as one host. Never opens more
 * than the rules do.
 */
function denies({ hosts, ports }: NetworkRule, host: string, port: number): boolean {
  const isMeant = hosts.some((denied) => coversHost(denied, host) || coversHost(host, denied));
  const isPort = ports.some(
    ({ protocol, port: first = 1, endPort }) =>
      protocol === 'TCP' && first <= port && port <= (endPort ?? (first === 1 ? 65_535 : first)),
  );
  return isMeant && (ports.length === 0 || isPort);
}

/** The TCP ports of a rule that opens hosts, each of which it lists. */
function portNumbers({ ports }: NetworkRule): number[] {
  return ports.flatMap(({ protocol, port }) => (protocol === 'TCP' && port !== undefined ? [port] : []));
}

/**
 * Returns the ranges to which the plan and rules allow TCP, without what is always closed, for proxies that pass on only
 * what they know. Ports, pods and denials are up to the network policies, which every connection of a proxy meets.
 */
export function openRanges(tenant: TenantInput, environment: TenantEnvironment): Cidr[] {
  const listed = tenant.plan.spec.network.allowCidrs;
  const rules = rulesInForce(tenant, environment).filter(
    ({ direction, action, cidrs, ports }) =>
      direction === 'egress' &&
      action === 'allow' &&
      cidrs.length > 0 &&
      (ports.length === 0 || ports.some(({ protocol }) => protocol === 'TCP')),
  );
  const sources = [{ cidrs: listed, except: [] }, ...rules].map(({ cidrs, except }) => ({
    action: 'allow' as const,
    ports: ALL_PORTS,
    cidrs: cidrs.map(parseCidr),
    except: except.map(parseCidr),
  }));
  const pieces = addressPieces(sources, alwaysClosed(tenant));
  return mergeCidrs(pieces.flatMap(({ cidr, except }) => without(cidr, mergeCidrs(except)))).sort(compareCidrs);
}

/** Returns the fewest ranges that make up a range without parts of it. */
function without(cidr: Cidr, holes: readonly Cidr[]): Cidr[] {
  const inside = holes.filter((hole) => containsCidr(cidr, hole));
  if (inside.length === 0) return [cidr];
  if (inside.some((hole) => containsCidr(hole, cidr))) return [];
  const prefix = prefixOf(cidr) + 1;
  const half = (cidr.last - cidr.first + 1n) / 2n;
  return [cidr.first, cidr.first + half].flatMap((first) => without(cidrAt(cidr.family, first, prefix), inside));
}
