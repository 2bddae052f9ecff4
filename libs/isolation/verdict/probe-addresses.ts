import { cidrAt, containsCidr, hostCidr, parseCidr } from '#plans';

import { type AddressEndpoint, type PodEndpoint, type Port } from './endpoint.js';
import { judge } from './judge.js';
import { type Policies } from './policies.js';

/** Addresses of a.root-servers.net, for ranges that are the whole internet. Nothing has to answer there. */
const INTERNET = ['198.41.0.4', '2001:503:ba3e::2:30'];

/** Most addresses of a plan. */
const MOST_ADDRESSES = 100;

/** The expected result of one connection between a probe and an address outside of the cluster. */
export interface AddressExpectation extends Port {
  direction: 'egress' | 'ingress';
  /** `namespace/name` of a probe: the sender of egress, the receiver of ingress. */
  pod: string;
  address: string;
  expect: 'allowed' | 'blocked' | 'undefined';
}

/**
 * Judges the probes against one address of each range that the policies of some namespaces name, exceptions included, and
 * against the internet. Network rules are such ranges.
 */
export function addressExpectations(
  policies: Policies,
  endpoints: readonly PodEndpoint[],
  ports: readonly Port[],
  podCidrs: readonly string[],
): AddressExpectation[] {
  const places = new Set(endpoints.map(({ namespace }) => namespace));
  const addresses = addressesOf(policies, places, podCidrs);
  return endpoints.flatMap((pod) =>
    addresses.flatMap((address) => {
      const other: AddressEndpoint = { kind: 'address', name: address, address };
      return (['egress', 'ingress'] as const).flatMap((direction) => {
        const [from, to] = direction === 'egress' ? [pod, other] : [other, pod];
        return ports.map((port): AddressExpectation => {
          const { allowed, readingsDiffer } = judge(policies, from, to, port);
          const expect = readingsDiffer ? 'undefined' : allowed ? 'allowed' : 'blocked';
          return { direction, pod: `${pod.namespace}/${pod.name}`, address, ...port, expect };
        });
      });
    }),
  );
}

function addressesOf(policies: Policies, places: ReadonlySet<string>, podCidrs: readonly string[]): string[] {
  const deciding = policies.all().filter(({ ref: { namespace } }) => namespace === null || places.has(namespace));
  const peers = deciding.flatMap(({ rules }) =>
    [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ peers: listed }) => listed ?? []),
  );
  const ranges = peers.flatMap((peer) => (peer.kind === 'block' ? [peer.block.whole, ...peer.block.except] : []));
  const first = ranges
    .filter((range) => range.last - range.first + 1n < 2n ** BigInt(range.bits))
    .map((range) => cidrAt(range.bits === 32 ? 'ipv4' : 'ipv6', range.first, range.bits).text.replace(/\/.*/, ''));
  const pods = podCidrs.map(parseCidr);
  const outside = [...new Set(first)].filter(
    (address) => !pods.some((range) => containsCidr(range, hostCidr(address))),
  );
  return ranges.length === 0 ? [] : [...INTERNET, ...outside.sort()].slice(0, MOST_ADDRESSES);
}
