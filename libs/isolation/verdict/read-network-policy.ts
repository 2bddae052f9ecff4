import { z } from 'zod';

import { protocols } from '../model/protocol.js';
import { addressBlock } from './address-block.js';
import { labelSelectorSchema, selectorKey } from './label-selector.js';
import { type Peer, type Policy, type PolicyRef, type PortMatch, type Rule } from './policy-model.js';

const portNumber = z.number().int().min(1).max(65_535);
const portSchema = z
  .strictObject({
    protocol: z.enum(protocols).default('TCP'),
    port: z.union([portNumber, z.string().min(1)]).optional(),
    endPort: portNumber.optional(),
  })
  .refine(({ port, endPort }) => endPort === undefined || (typeof port === 'number' && endPort >= port), {
    error: 'endPort needs a numeric port that is not above it.',
  });

const peerSchema = z
  .strictObject({
    ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
    namespaceSelector: labelSelectorSchema.optional(),
    podSelector: labelSelectorSchema.optional(),
  })
  .refine(
    ({ ipBlock, namespaceSelector, podSelector }) =>
      (ipBlock === undefined) !== (namespaceSelector === undefined && podSelector === undefined),
    { error: 'A peer must be either a block or selectors.' },
  );

const ports = z.array(portSchema).optional();
const peers = z.array(peerSchema).optional();

/** The `spec` of a NetworkPolicy of `networking.k8s.io/v1`. Unknown fields are rejected. */
const specSchema = z.strictObject({
  podSelector: labelSelectorSchema.prefault({}),
  policyTypes: z.array(z.enum(['Ingress', 'Egress'])).optional(),
  ingress: z.array(z.strictObject({ ports, from: peers })).optional(),
  egress: z.array(z.strictObject({ ports, to: peers })).optional(),
});

type PeerInput = z.output<typeof peerSchema>;
type PortInput = z.output<typeof portSchema>;

/**
 * Reads a NetworkPolicy (kubernetes.io, NetworkPolicy; comments of `networking/v1/types.go`): a rule without peers
 * applies to all peers, without ports to all ports; an absent list of rules allows nothing. Without `policyTypes` the
 * policy applies to ingress, and to egress if it has egress rules.
 * @throws ZodError
 * @throws RangeError
 */
export function readNetworkPolicy(namespace: string, name: string, input: unknown): Policy {
  const spec = specSchema.parse(input);
  const ref: PolicyRef = { kind: 'NetworkPolicy', namespace, name };
  const { policyTypes = [] } = spec;
  const types =
    policyTypes.length > 0 ? policyTypes : ['Ingress', ...((spec.egress?.length ?? 0) > 0 ? ['Egress'] : [])];
  const rule = (from: readonly PeerInput[] = [], on: readonly PortInput[] = [], index: number): Rule => ({
    index,
    action: 'Accept',
    source: ref,
    peers: from.length === 0 ? null : from.map((peer) => readPeer(namespace, peer)),
    ports: on.length === 0 ? null : on.map(readPort),
  });
  return {
    ref,
    tier: 'NetworkPolicy',
    priority: 0,
    namespaces: namespace,
    pods: spec.podSelector,
    rules: {
      ingress: types.includes('Ingress')
        ? (spec.ingress ?? []).map((item, at) => rule(item.from, item.ports, at))
        : null,
      egress: types.includes('Egress') ? (spec.egress ?? []).map((item, at) => rule(item.to, item.ports, at)) : null,
    },
  };
}

function readPeer(namespace: string, { ipBlock, namespaceSelector, podSelector = {} }: PeerInput): Peer {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    const key = `block ${cidr} except ${[...except].sort().join()}`;
    return { kind: 'block', block: addressBlock(cidr, except), holdsPods: false, key };
  }
  // A pod selector alone refers to the policy's own namespace.
  const namespaces = namespaceSelector ?? namespace;
  return { kind: 'pods', namespaces, pods: podSelector, key: podsKey(namespaces, podSelector) };
}

/** Returns the same key for peers that select the same pods. */
export function podsKey(namespaces: PodsPeer['namespaces'], pods: PodsPeer['pods']): string {
  const places = typeof namespaces === 'string' ? `in ${namespaces}` : `where ${selectorKey(namespaces)}`;
  return `pods ${places} with ${selectorKey(pods)}`;
}

type PodsPeer = Extract<Peer, { kind: 'pods' }>;

function readPort({ protocol, port, endPort }: PortInput): PortMatch {
  if (typeof port === 'string') return { protocol, name: port };
  if (port === undefined) return { protocol, first: 1, last: 65_535 };
  return { protocol, first: port, last: endPort ?? port };
}
