import { matchBlock, type BlockMatch } from './address-block.js';
import { type Endpoint, isSelectable, type Port } from './endpoint.js';
import { selects } from './label-selector.js';
import { type Policies } from './policies.js';
import { type Peer, type PortMatch } from './policy-model.js';

/**
 * How address blocks are held against pods. Network plug-ins differ: some compare the address of every packet, some
 * (Cilium) never let a block match what is in the cluster. With `wide` and `narrow` they do, and a pod of which only
 * the range is known that its address is from counts as inside or outside.
 */
export type BlockReading = 'wide' | 'narrow' | 'never';

/** One way to read the policies, and whether another way could have come to another answer. */
export interface Reading {
  blocks: BlockReading;
  mattered: boolean;
}

const blockMatches = new WeakMap<Peer, Map<string, BlockMatch>>();

/** Whether a rule's peer is this endpoint. */
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

/** Whether an endpoint is in a block, by its addresses alone. */
export function blockMatch(peer: Extract<Peer, { kind: 'block' }>, endpoint: Endpoint): BlockMatch {
  const addresses = endpoint.kind === 'pod' ? endpoint.addresses : [endpoint.address];
  const key = addresses.join();
  let known = blockMatches.get(peer);
  if (known === undefined) blockMatches.set(peer, (known = new Map<string, BlockMatch>()));
  let match = known.get(key);
  if (match === undefined) known.set(key, (match = matchBlock(peer.block, addresses)));
  return match;
}

/** Whether a rule is about this port of the destination. A name is the one that a container of it gives. */
export function isPort(match: PortMatch, destination: Endpoint, { protocol, port }: Port): boolean {
  if (match.protocol !== null && match.protocol !== protocol) return false;
  if ('first' in match) return match.first <= port && port <= match.last;
  if (!isSelectable(destination)) return false;
  return (destination.ports ?? []).some((declared) => {
    return declared.name === match.name && declared.protocol === protocol && declared.port === port;
  });
}
