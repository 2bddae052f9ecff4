import { z } from 'zod';

import { type Protocol } from '../model/protocol.js';
import { addressBlock } from './address-block.js';
import { labelSelectorSchema } from './label-selector.js';
import { type Action, type Peer, type Policy, type PolicyRef, type PortMatch, type Rule } from './policy-model.js';
import { podsKey } from './read-network-policy.js';

const portNumber = z.number().int().min(1).max(65_535);
const oneOf = { error: 'Exactly one field must be set.' };
const hasOne = (value: object): boolean => Object.keys(value).length === 1;

const destinationPort = z
  .strictObject({
    number: portNumber.optional(),
    range: z.strictObject({ start: portNumber, end: portNumber }).optional(),
  })
  .refine(hasOne, oneOf)
  .optional();
const transport = z.strictObject({ destinationPort }).optional();

const protocolSchema = z
  .strictObject({ tcp: transport, udp: transport, sctp: transport, destinationNamedPort: z.string().min(1).optional() })
  .refine(hasOne, oneOf);

const pods = z.strictObject({ namespaceSelector: labelSelectorSchema, podSelector: labelSelectorSchema });
const selectors = { namespaces: labelSelectorSchema.optional(), pods: pods.optional() };

const peerSchema = z
  .strictObject({
    ...selectors,
    networks: z.array(z.string()).min(1).optional(),
    nodes: labelSelectorSchema.optional(),
    domainNames: z.array(z.string()).min(1).optional(),
  })
  .refine(hasOne, oneOf);

const ruleFields = {
  name: z.string().optional(),
  action: z.enum(['Accept', 'Deny', 'Pass']),
  protocols: z.array(protocolSchema).min(1).optional(),
};

/** The `spec` of a ClusterNetworkPolicy of `policy.networking.k8s.io/v1alpha2`. Unknown fields are rejected. */
const specSchema = z.strictObject({
  tier: z.enum(['Admin', 'Baseline']),
  priority: z.number().int().min(0).max(1000),
  subject: z.strictObject(selectors).refine(hasOne, oneOf),
  ingress: z.array(z.strictObject({ ...ruleFields, from: z.array(peerSchema).min(1) })).optional(),
  egress: z.array(z.strictObject({ ...ruleFields, to: z.array(peerSchema).min(1) })).optional(),
});

type PeerInput = z.output<typeof peerSchema>;
type ProtocolInput = z.output<typeof protocolSchema>;

/**
 * Reads a ClusterNetworkPolicy (comments of `apis/v1alpha2/clusternetworkpolicy_types.go` of network-policy-api).
 * `networks` match pods by their addresses as well. Peers with node labels or domain names cannot be judged from
 * objects: such a peer is everything outside in a rule that accepts, and nothing in one that denies or passes, so that
 * the verdict errs towards "reachable"; `vague` reports that there is one.
 * @throws ZodError
 * @throws RangeError
 */
export function readClusterNetworkPolicy(name: string, input: unknown): { policy: Policy; vague: boolean } {
  const spec = specSchema.parse(input);
  const ref: PolicyRef = { kind: 'ClusterNetworkPolicy', namespace: null, name };
  const { namespaces, pods: subjectPods } = spec.subject;
  const rule = (index: number, item: RuleInput, from: readonly PeerInput[]): Rule => ({
    index,
    action: item.action,
    source: ref,
    peers: from.flatMap((peer) => readPeer(peer, item.action)),
    ports: item.protocols?.map(readPort) ?? null,
  });
  const policy: Policy = {
    ref,
    tier: spec.tier,
    priority: spec.priority,
    namespaces: namespaces ?? subjectPods?.namespaceSelector ?? {},
    pods: subjectPods?.podSelector ?? {},
    rules: {
      ingress: spec.ingress?.map((item, index) => rule(index, item, item.from)) ?? null,
      egress: spec.egress?.map((item, index) => rule(index, item, item.to)) ?? null,
    },
  };
  const all = [...(spec.ingress ?? []).flatMap(({ from }) => from), ...(spec.egress ?? []).flatMap(({ to }) => to)];
  return { policy, vague: all.some(isVague) };
}

interface RuleInput {
  action: Action;
  protocols?: ProtocolInput[] | undefined;
}

function isVague({ nodes, domainNames }: PeerInput): boolean {
  return nodes !== undefined || domainNames !== undefined;
}

function readPeer(peer: PeerInput, action: Action): Peer[] {
  if (peer.networks !== undefined) {
    return peer.networks.map((cidr) => {
      return { kind: 'block', block: addressBlock(cidr), holdsPods: true, key: `network ${cidr}` };
    });
  }
  if (isVague(peer)) return action === 'Accept' ? [{ kind: 'outside', key: 'outside' }] : [];
  const namespaces = peer.namespaces ?? peer.pods?.namespaceSelector ?? {};
  const selector = peer.pods?.podSelector ?? {};
  return [{ kind: 'pods', namespaces, pods: selector, key: podsKey(namespaces, selector) }];
}

function readPort({ tcp, udp, sctp, destinationNamedPort }: ProtocolInput): PortMatch {
  if (destinationNamedPort !== undefined) return { protocol: null, name: destinationNamedPort };
  const protocol: Protocol = tcp !== undefined ? 'TCP' : udp !== undefined ? 'UDP' : 'SCTP';
  const { number, range } = (tcp ?? udp ?? sctp)?.destinationPort ?? {};
  return { protocol, first: number ?? range?.start ?? 1, last: number ?? range?.end ?? 65_535 };
}
