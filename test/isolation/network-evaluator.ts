import { type KubernetesObject } from '#isolation';
import { containsCidr, hostCidr, parseCidr } from '#plans';

/** Who sends or receives: a pod of the cluster, or an address outside. */
export interface Endpoint {
  ip: string;
  pod?: { namespace: string; namespaceLabels: Labels; labels: Labels };
}

type Labels = Record<string, string>;

interface Selector {
  matchLabels?: Labels;
}

interface Peer {
  ipBlock?: { cidr: string; except?: string[] };
  namespaceSelector?: Selector;
  podSelector?: Selector;
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol: string; port: number }[];
}

interface PolicySpec {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

interface Port {
  protocol: 'TCP' | 'UDP';
  port: number;
}

/**
 * Whether a connection is let through, by the rules of NetworkPolicy (networking.k8s.io/v1) as far as Bulkhead uses
 * them: the egress of the source and the ingress of the destination must both allow it, an end that no policy
 * selects allows everything, and rules only add to each other.
 */
export function isReachable(objects: readonly KubernetesObject[], from: Endpoint, to: Endpoint, port: Port): boolean {
  const allows = (direction: 'Ingress' | 'Egress', subject: Endpoint, peer: Endpoint): boolean => {
    const specs = objects
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === subject.pod?.namespace)
      .map((policy) => policy['spec'] as PolicySpec)
      .filter(({ podSelector, policyTypes }) => {
        return policyTypes.includes(direction) && selects(podSelector, subject.pod?.labels);
      });
    if (subject.pod === undefined || specs.length === 0) return true;
    const rules = specs.flatMap((spec) => (direction === 'Ingress' ? spec.ingress : spec.egress) ?? []);
    return rules.some((rule) => ruleMatches(rule, peer, port));
  };
  return allows('Egress', from, to) && allows('Ingress', to, from);
}

function ruleMatches({ from, to, ports }: Rule, peer: Endpoint, { protocol, port }: Port): boolean {
  const portMatches = ports === undefined || ports.some((item) => item.protocol === protocol && item.port === port);
  const peers = from ?? to;
  return portMatches && (peers === undefined || peers.some((item) => peerMatches(item, peer)));
}

/** Address blocks are held against pods too: some engines do so, and tenants must be apart there as well. */
function peerMatches({ ipBlock, namespaceSelector, podSelector }: Peer, { ip, pod }: Endpoint): boolean {
  if (ipBlock !== undefined) {
    const address = hostCidr(ip);
    const holds = (cidr: string): boolean => containsCidr(parseCidr(cidr), address);
    return holds(ipBlock.cidr) && !ipBlock.except?.some(holds);
  }
  return selects(namespaceSelector, pod?.namespaceLabels) && selects(podSelector, pod?.labels);
}

function selects(selector: Selector | undefined, labels: Labels | undefined): boolean {
  if (labels === undefined) return false;
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}
