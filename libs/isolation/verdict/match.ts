import { matchBlock, type BlockMatch } from './address-block.js';
import { type Endpoint, isSelectable, type Port } from './endpoint.js';
import { selects } from './label-selector.js';
import { type Policies } from './policies.js';
import { type Peer, type PortMatch } from './policy-model.js';

/**
 * How address blocks apply to pods. Network plug-ins differ: some compare the address of every packet, some (Cilium)
 * never match pods of the cluster against a block. `wide` and `narrow` do match; they count a pod of which only the
 * address range is known as inside or outside.
 */
export type BlockReading = 'wide' | 'narrow' | 'never';

/** A reading of the policies, and whether another reading could have given another result. */
export interface Reading {
  blocks: BlockReading;
  mattered: boolean;
}

const blockMatches = new WeakMap<Peer, Map<string, BlockMatch>>();

/** Reports whether a rule's peer matches this endpoint. */
export function isPeer(policies: Policies, peer: Peer, endpoint: Endpoint, reading: Reading): boolean {
  switch (peer.kind) {
    case 'outside':
      return !isSelectable(endpoint);
    case 'pods': {
      if (!isSelectable(endpoint)) return false;
      const isThere =
        typeof peer.namespaces === 'string'
          ? peer.namespaces === endpoint.namespace
          : selects(peer.namespaces, policies.labelsOf(endpoint.namespace));
      return isThere && selects(peer.pods, endpoint.labels);
    }
    case 'block': {
      const match = blockMatch(peer, endpoint);
      if (match === 'no') return false;
      if (match === 'yes' && (peer.holdsPods || !isSelectable(endpoint))) return true;
      reading.mattered = true;
      if (reading.blocks === 'never' && !peer.holdsPods && isSelectable(endpoint)) return false;
      return match === 'yes' || reading.blocks === 'wide';
    }
  }
}

/** Matches an endpoint against a block, by its addresses only. */
export function blockMatch(peer: Extract<Peer, { kind: 'block' }>, endpoint: Endpoint): BlockMatch {
  const addresses = endpoint.kind === 'pod' ? endpoint.addresses : [endpoint.address];
  const key = addresses.join();
  let known = blockMatches.get(peer);
  if (known === undefined) blockMatches.set(peer, (known = new Map<string, BlockMatch>()));
  let match = known.get(key);
  if (match === undefined) known.set(key, (match = matchBlock(peer.block, addresses)));
  return match;
}

/**
 * Reports whether a rule covers this port of the destination. A port name refers to the containers of the destination.
 */
export function isPort(match: PortMatch, destination: Endpoint, { protocol, port }: Port): boolean {
  if (match.protocol !== null && match.protocol !== protocol) return false;
  if ('first' in match) return match.first <= port && port <= match.last;
  if (!isSelectable(destination)) return false;
  return (destination.ports ?? []).some((declared) => {
    return declared.name === match.name && declared.protocol === protocol && declared.port === port;
  });
}
