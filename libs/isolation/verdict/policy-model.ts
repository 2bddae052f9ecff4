import { type Protocol } from '../model/protocol.js';
import { type AddressBlock } from './address-block.js';
import { type LabelSelector } from './label-selector.js';

export type Direction = 'ingress' | 'egress';
export type Action = 'Accept' | 'Deny' | 'Pass';
/** In the order of evaluation. */
export type Tier = 'Admin' | 'NetworkPolicy' | 'Baseline';

/** Refers to a policy object. */
export interface PolicyRef {
  kind: 'NetworkPolicy' | 'ClusterNetworkPolicy';
  /** Null for cluster-scoped objects. */
  namespace: string | null;
  name: string;
}

/** The peer of a rule. Peers that match the same endpoints have the same `key`. */
export type Peer =
  | {
      kind: 'pods';
      /** A string is the name of a single namespace. */
      namespaces: LabelSelector | string;
      pods: LabelSelector;
      key: string;
    }
  | {
      kind: 'block';
      block: AddressBlock;
      /** True if the API defines that the block matches pods by their addresses; otherwise plug-ins differ. */
      holdsPods: boolean;
      key: string;
    }
  /** Everything except pods: for peers that cannot be resolved more exactly. */
  | { kind: 'outside'; key: string };

/** Port numbers of one protocol, or a port name declared by the destination's containers. */
export type PortMatch =
  | { protocol: Protocol; first: number; last: number }
  /** Null: a port of that name with any protocol. */
  | { protocol: Protocol | null; name: string };

export interface Rule {
  /** Its index in the object. */
  index: number;
  action: Action;
  /** Null: any peer. */
  peers: readonly Peer[] | null;
  /** Null: all ports. */
  ports: readonly PortMatch[] | null;
  source: PolicyRef;
}

/** The common form of both kinds of policies. */
export interface Policy {
  ref: PolicyRef;
  tier: Tier;
  /** Lower comes first; only meaningful for ClusterNetworkPolicies. */
  priority: number;
  /** The own namespace of a NetworkPolicy; those of the subject of a ClusterNetworkPolicy. */
  namespaces: LabelSelector | string;
  pods: LabelSelector;
  /** Null: the policy does not apply to this direction. */
  rules: Readonly<Record<Direction, readonly Rule[] | null>>;
}
