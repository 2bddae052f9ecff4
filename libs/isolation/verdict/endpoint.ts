export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof protocols)[number];

/** What a connection goes to: the port at which the pod listens, not the one of a Service in front of it. */
export interface Port {
  protocol: Protocol;
  port: number;
}

/** A port that a container declares; policies may name it. */
export interface ContainerPort extends Port {
  name: string;
}

/** A pod. Two different objects are two different pods, however much they are alike. */
export interface PodEndpoint {
  kind: 'pod';
  /** For people. */
  name: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Its addresses, or the ranges that they are from when only those are known; empty: they may be any. */
  addresses: readonly string[];
  ports?: readonly ContainerPort[];
  /** Whether it shares the network of its node: no selector of a policy ever selects such a pod. */
  hostNetwork?: boolean;
}

/** Something that is no pod: a node, the API server, an address on the internet. */
export interface AddressEndpoint {
  kind: 'address';
  /** For people. */
  name: string;
  address: string;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

/** Whether policies can select it; what they cannot select they cannot hold back. */
export function isSelectable(endpoint: Endpoint): endpoint is PodEndpoint {
  return endpoint.kind === 'pod' && endpoint.hostNetwork !== true;
}
