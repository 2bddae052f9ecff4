import { ZodError } from 'zod';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { NAMESPACE_NAME_LABEL } from '../model/labels.js';
import { type Endpoint, isSelectable } from './endpoint.js';
import { type Labels, selects } from './label-selector.js';
import { type Direction, type Peer, type Policy, type Rule, type Tier } from './policy-model.js';
import { readClusterNetworkPolicy } from './read-cluster-network-policy.js';
import { readNetworkPolicy } from './read-network-policy.js';
import { firstIssue, UnreadableObjectError } from './unreadable-object.js';

const CLUSTER_POLICY_GROUP = 'policy.networking.k8s.io';

/** Groups of policies that some network plug-in enforces and that are not judged here. */
const otherPolicies =
  /^(cilium\.io|crd\.projectcalico\.org|projectcalico\.org|crd\.antrea\.io|security\.istio\.io|policy\.linkerd\.io|k8s\.ovn\.org|policy\.networking\.k8s\.io)\//;

/** The policies that apply to an endpoint in one direction. */
export type Applied = Readonly<Record<Tier, readonly Policy[]>>;

const nothing: Applied = { Admin: [], NetworkPolicy: [], Baseline: [] };

/** The policies of a cluster, indexed by the endpoints they select. */
export class Policies {
  private readonly applied = new WeakMap<Endpoint, Record<Direction, Applied>>();

  private constructor(
    private readonly namespaces: ReadonlyMap<string, Labels>,
    private readonly byNamespace: ReadonlyMap<string, readonly Policy[]>,
    private readonly clusterWide: readonly Policy[],
    /** Objects that can also decide about traffic and are not judged, or not exactly: `Kind namespace/name`. */
    readonly notJudged: readonly string[],
  ) {}

  /**
   * Reads Namespaces, NetworkPolicies and ClusterNetworkPolicies, and ignores all other objects.
   * @throws UnreadableObjectError for a malformed policy
   */
  static read(objects: readonly KubernetesObject[]): Policies {
    const namespaces = new Map<string, Labels>();
    const byNamespace = new Map<string, Policy[]>();
    const clusterWide: Policy[] = [];
    const notJudged: string[] = [];
    const intern = interning();
    for (const object of objects) {
      const { apiVersion, kind, metadata } = object;
      const { name, namespace = 'default' } = metadata;
      if (kind === 'Namespace' && apiVersion === 'v1') {
        namespaces.set(name, { ...metadata.labels, [NAMESPACE_NAME_LABEL]: name });
      } else if (kind === 'NetworkPolicy' && apiVersion === 'networking.k8s.io/v1') {
        const policy = intern(readable(object, () => readNetworkPolicy(namespace, name, object['spec'] ?? {})));
        byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), policy]);
      } else if (kind === 'ClusterNetworkPolicy' && apiVersion === `${CLUSTER_POLICY_GROUP}/v1alpha2`) {
        const { policy, vague } = readable(object, () => readClusterNetworkPolicy(name, object['spec']));
        clusterWide.push(intern(policy));
        if (vague) notJudged.push(titleOf(object));
      } else if (otherPolicies.test(apiVersion) && /Polic(y|ies)$|^Server$/.test(kind)) {
        notJudged.push(titleOf(object));
      }
    }
    clusterWide.sort((a, b) => a.priority - b.priority || (a.ref.name < b.ref.name ? -1 : 1));
    return new Policies(namespaces, byNamespace, clusterWide, notJudged.sort());
  }

  /** Returns the labels of a namespace. If no object describes it, only its name is known. */
  labelsOf(namespace: string): Labels {
    return this.namespaces.get(namespace) ?? { [NAMESPACE_NAME_LABEL]: namespace };
  }

  /** Returns the namespaces that objects describe. */
  namespaceNames(): string[] {
    return [...this.namespaces.keys()].sort();
  }

  /** Returns all policies, those of namespaces first. */
  all(): Policy[] {
    return [...[...this.byNamespace.values()].flat(), ...this.clusterWide];
  }

  /** Returns the policies that apply to an endpoint, ClusterNetworkPolicies in the order of evaluation. */
  holding(endpoint: Endpoint, direction: Direction): Applied {
    let known = this.applied.get(endpoint);
    if (known === undefined) {
      known = { ingress: this.find(endpoint, 'ingress'), egress: this.find(endpoint, 'egress') };
      this.applied.set(endpoint, known);
    }
    return known[direction];
  }

  private find(endpoint: Endpoint, direction: Direction): Applied {
    if (!isSelectable(endpoint)) return nothing;
    const labels = this.labelsOf(endpoint.namespace);
    const own = this.byNamespace.get(endpoint.namespace) ?? [];
    const found = [...own, ...this.clusterWide].filter(({ rules, namespaces, pods }) => {
      const isThere = typeof namespaces === 'string' || selects(namespaces, labels);
      return rules[direction] !== null && isThere && selects(pods, endpoint.labels);
    });
    const of = (tier: Tier): Policy[] => found.filter((policy) => policy.tier === tier);
    return { Admin: of('Admin'), NetworkPolicy: of('NetworkPolicy'), Baseline: of('Baseline') };
  }
}

/** Replaces equal peers by the same object, so that results for one are cached for all. */
function interning(): (policy: Policy) => Policy {
  const known = new Map<string, Peer>();
  const one = (peer: Peer): Peer => {
    const found = known.get(peer.key);
    if (found === undefined) known.set(peer.key, peer);
    return found ?? peer;
  };
  const all = (rules: readonly Rule[] | null): Rule[] | null =>
    rules?.map((rule) => ({ ...rule, peers: rule.peers?.map(one) ?? null })) ?? null;
  return (policy) => ({ ...policy, rules: { ingress: all(policy.rules.ingress), egress: all(policy.rules.egress) } });
}

function readable<T>(object: KubernetesObject, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ZodError) throw new UnreadableObjectError(titleOf(object), firstIssue(error));
    if (error instanceof RangeError) throw new UnreadableObjectError(titleOf(object), error.message);
    throw error;
  }
}

function titleOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
