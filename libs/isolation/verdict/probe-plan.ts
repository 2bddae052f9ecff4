import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type ContainerPort, type PodEndpoint, type Port } from './endpoint.js';
import { judge } from './judge.js';
import { samplePorts } from './named-ports.js';
import { Policies } from './policies.js';
import { type AddressExpectation, addressExpectations } from './probe-addresses.js';
import { probeLabels, probeNamespaces } from './probe-placement.js';

/** A pod to place. It listens on all listed ports. */
export interface Probe {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  ports: (Port & { name?: string })[];
  hostNetwork: false;
}

/**
 * The expected result of one connection if the network plug-in enforces the policies; `undefined`: plug-ins can differ.
 */
export interface Expectation extends Port {
  /** `namespace/name` of probes. */
  from: string;
  to: string;
  expect: 'allowed' | 'blocked' | 'undefined';
}

/** Pods to place and their expected reachability: everything needed to test a network plug-in against the verdict. */
export interface ProbePlan {
  /** Namespaces to create with these labels. The API server adds `kubernetes.io/metadata.name`. */
  namespaces: { name: string; labels: Record<string, string> }[];
  /** The judged policies, to apply where they do not exist yet. */
  policies: KubernetesObject[];
  pods: Probe[];
  expectations: Expectation[];
  /** Connections with addresses outside of the cluster, for those who can let hosts answer and call there. */
  addressExpectations: AddressExpectation[];
  /** Objects that can also decide about traffic and were not judged, or not exactly. */
  notJudged: readonly string[];
}

export interface ProbeOptions {
  /** Namespaces to place probes in, in addition to those that their policies name; null: all that objects describe. */
  namespaces: readonly string[] | null;
  /** The ranges of pod addresses; empty: any. */
  podCidrs: readonly string[];
  mostPods: number;
}

/**
 * Plans probes for these objects: in every namespace one pod without labels, and one for each label set that a pod
 * selector asks for, so that pods that only imitate another tenant's are included.
 * @throws UnreadableObjectError
 * @throws RangeError when there would be too many pods or a namespace is not described
 */
export function probePlan(objects: readonly KubernetesObject[], options: ProbeOptions): ProbePlan {
  const policies = Policies.read(objects);
  const namespaces = probeNamespaces(policies, options.namespaces);
  const variants = probeLabels(policies);
  const count = namespaces.length * variants.length;
  if (count > options.mostPods) {
    throw new RangeError(
      `${count} probes in ${namespaces.length} namespaces exceed the limit of ${options.mostPods}: name fewer namespaces.`,
    );
  }
  const { ports, containerPorts } = samplePorts(policies);
  const endpoints = namespaces.flatMap((namespace) =>
    variants.map((labels, index): PodEndpoint => {
      return {
        kind: 'pod',
        name: `probe-${index}`,
        namespace,
        labels,
        addresses: options.podCidrs,
        ports: containerPorts,
      };
    }),
  );
  const shown = new Set(namespaces);
  return {
    namespaces: namespaces.map((name) => ({ name, labels: { ...policies.labelsOf(name) } })),
    policies: objects.filter(({ kind, metadata }) => {
      return (
        kind === 'ClusterNetworkPolicy' || (kind === 'NetworkPolicy' && shown.has(metadata.namespace ?? 'default'))
      );
    }),
    pods: endpoints.map((endpoint) => probeOf(endpoint, ports, containerPorts)),
    expectations: expectations(policies, endpoints, ports),
    addressExpectations: addressExpectations(policies, endpoints, ports, options.podCidrs),
    notJudged: policies.notJudged,
  };
}

function probeOf(
  { namespace, name, labels }: PodEndpoint,
  ports: readonly Port[],
  named: readonly ContainerPort[],
): Probe {
  const declared = ports.map(({ protocol, port }) => {
    const own = named.find((each) => each.protocol === protocol && each.port === port);
    return own === undefined ? { protocol, port } : { protocol, port, name: own.name };
  });
  return { namespace, name, labels: { ...labels }, ports: declared, hostNetwork: false };
}

/** Judges every pair of different probes on every port. A pod that reaches itself proves nothing. */
function expectations(policies: Policies, endpoints: readonly PodEndpoint[], ports: readonly Port[]): Expectation[] {
  const title = ({ namespace, name }: PodEndpoint): string => `${namespace}/${name}`;
  return endpoints.flatMap((from) =>
    endpoints.flatMap((to) =>
      from === to
        ? []
        : ports.map((port): Expectation => {
            const { allowed, readingsDiffer } = judge(policies, from, to, port);
            const expect = readingsDiffer ? 'undefined' : allowed ? 'allowed' : 'blocked';
            return { from: title(from), to: title(to), ...port, expect };
          }),
    ),
  );
}
