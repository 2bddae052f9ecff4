import { type AddressBlock } from './address-block.js';
import { type Protocol } from './endpoint.js';
import { type LabelSelector } from './label-selector.js';

export type Direction = 'ingress' | 'egress';
export type Action = 'Accept' | 'Deny' | 'Pass';
/** In the order in which they are asked. */
export type Tier = 'Admin' | 'NetworkPolicy' | 'Baseline';

/** Names an object that decides something. */
export interface PolicyRef {
  kind: 'NetworkPolicy' | 'ClusterNetworkPolicy';
  /** Null for what belongs to the whole cluster. */
  namespace: string | null;
  name: string;
}

/** Whom a rule is about. `key` is the same for peers that match the same. */
export type Peer =
  | {
      kind: 'pods';
      /** A text is the name of the one namespace. */
      namespaces: LabelSelector | string;
      pods: LabelSelector;
      key: string;
    }
  | {
      kind: 'block';
      block: AddressBlock;
      /** Whether pods are in it by their addresses wherever the policy is understood; otherwise plug-ins differ. */
      holdsPods: boolean;
      key: string;
    }
  /** Everything that is no pod: for peers of which this cannot be told more exactly. */
  | { kind: 'outside'; key: string };

/** Numbers of one protocol, or a name that the destination's container gives to one. */
export type PortMatch =
  | { protocol: Protocol; first: number; last: number }
  /** Null: a port of that name, whatever its protocol. */
  | { protocol: Protocol | null; name: string };

export interface Rule {
  /** Its place in the object. */
  index: number;
  action: Action;
  /** Null: everybody. */
  peers: readonly Peer[] | null;
  /** Null: all. */
  ports: readonly PortMatch[] | null;
  source: PolicyRef;
}

/** What both kinds of policies come to. */
export interface Policy {
  ref: PolicyRef;
  tier: Tier;
  /** Lower comes first; of ClusterNetworkPolicies only. */
  priority: number;
  /** Of NetworkPolicies the own one; of ClusterNetworkPolicies those of the subject. */
  namespaces: LabelSelector | string;
  pods: LabelSelector;
  /** Null: the policy says nothing about this direction. */
  rules: Readonly<Record<Direction, readonly Rule[] | null>>;
}
