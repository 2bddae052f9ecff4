import { type Endpoint, isSelectable } from './endpoint.js';
import { requiredLabel } from './label-selector.js';
import { blockMatch, isPeer } from './match.js';
import { type Policies } from './policies.js';
import { type Direction, type Peer, type Policy, type Rule } from './policy-model.js';

/** A set of endpoints that no policy distinguishes. */
export interface EndpointClass {
  /** Any one of them. */
  example: Endpoint;
  /** Keys of the rule peers that match them, under any reading of blocks. */
  matchedBy: ReadonlySet<string>;
}

/**
 * Groups endpoints into classes: two endpoints are in the same class if the same rules apply to them and the same peers
 * match them.
 */
export class EndpointClasses {
  private readonly index: PeerIndex;
  private readonly classes = new Map<string, EndpointClass>();

  constructor(private readonly policies: Policies) {
    this.index = new PeerIndex(policies);
  }

  classOf(endpoint: Endpoint): EndpointClass {
    const matchedBy = this.index.matching(endpoint);
    const key = [
      isSelectable(endpoint) ? 'pod' : 'outside',
      ...(['ingress', 'egress'] as const).map((direction) => this.held(endpoint, direction)),
      matchedBy.join('\n'),
      // Port names matter; addresses matter only through the blocks that contain them, which are known already.
      JSON.stringify(endpoint.kind === 'pod' ? (endpoint.ports ?? []) : []),
    ].join('\n\n');
    let found = this.classes.get(key);
    if (found === undefined) {
      found = { example: endpoint, matchedBy: new Set(matchedBy) };
      this.classes.set(key, found);
    }
    return found;
  }

  /**
   * Returns a text key of the policies that apply to an endpoint: NetworkPolicies sorted, all others in their order.
   */
  private held(endpoint: Endpoint, direction: Direction): string {
    const { Admin, NetworkPolicy, Baseline } = this.policies.holding(endpoint, direction);
    const texts = (policies: readonly Policy[]): string[] =>
      policies.flatMap(({ priority, rules }) =>
        (rules[direction] ?? []).map((rule) => `${priority} ${ruleText(rule)}`),
      );
    const added = [...new Set(texts(NetworkPolicy))].sort();
    const isolated = NetworkPolicy.length > 0 ? ['isolated'] : [];
    return [...texts(Admin), '-', ...isolated, ...added, '-', ...texts(Baseline)].join('\n');
  }
}

const ruleTexts = new WeakMap<Rule, string>();

function ruleText(rule: Rule): string {
  let text = ruleTexts.get(rule);
  if (text === undefined) {
    const keys = rule.peers === null ? ['everybody'] : rule.peers.map(({ key }) => key);
    text = `${rule.action} ${JSON.stringify(rule.ports)} ${keys.join(' | ')}`;
    ruleTexts.set(rule, text);
  }
  return text;
}

/** Finds the peers that match an endpoint without testing all of them: by the name or one label of its namespace. */
class PeerIndex {
  private readonly byPlace = new Map<string, Peer[]>();
  private readonly anywhere: Peer[] = [];

  constructor(private readonly policies: Policies) {
    const peers = new Map<string, Peer>();
    for (const { rules } of policies.all()) {
      for (const { peers: listed } of [...(rules.ingress ?? []), ...(rules.egress ?? [])]) {
        for (const peer of listed ?? []) peers.set(peer.key, peer);
      }
    }
    for (const peer of peers.values()) {
      const place = placeOf(peer);
      if (place === null) this.anywhere.push(peer);
      else this.byPlace.set(place, [...(this.byPlace.get(place) ?? []), peer]);
    }
  }

  matching(endpoint: Endpoint): string[] {
    const places = isSelectable(endpoint)
      ? [
          `in ${endpoint.namespace}`,
          ...Object.entries(this.policies.labelsOf(endpoint.namespace)).map((label) => label.join('=')),
        ]
      : [];
    const candidates = [...places.flatMap((place) => this.byPlace.get(place) ?? []), ...this.anywhere];
    return candidates.flatMap((peer) => (mayBe(this.policies, peer, endpoint) ? [peer.key] : [])).sort();
  }
}

function placeOf(peer: Peer): string | null {
  if (peer.kind !== 'pods') return null;
  return typeof peer.namespaces === 'string' ? `in ${peer.namespaces}` : requiredLabel(peer.namespaces);
}

function mayBe(policies: Policies, peer: Peer, endpoint: Endpoint): boolean {
  if (peer.kind === 'block') return blockMatch(peer, endpoint) !== 'no';
  return isPeer(policies, peer, endpoint, { blocks: 'wide', mattered: false });
}
