import { type Protocol } from '../model/protocol.js';

/** The destination port of a connection: the port on which the pod listens, not that of a Service in front of it. */
export interface Port {
  protocol: Protocol;
  port: number;
}

/** A port that a container declares; policies can refer to its name. */
export interface ContainerPort extends Port {
  name: string;
}

/** A pod. Two different objects are two different pods, even if they are equal. */
export interface PodEndpoint {
  kind: 'pod';
  /** For people. */
  name: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Its addresses, or the ranges they come from if only those are known; empty: any. */
  addresses: readonly string[];
  ports?: readonly ContainerPort[];
  /** Whether it shares the network of its node: policy selectors never select such a pod. */
  hostNetwork?: boolean;
}

/** An endpoint other than a pod: a node, the API server, an address on the internet. */
export interface AddressEndpoint {
  kind: 'address';
  /** For people. */
  name: string;
  address: string;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

/** Reports whether policies can select the endpoint; they cannot restrict one that they cannot select. */
export function isSelectable(endpoint: Endpoint): endpoint is PodEndpoint {
  return endpoint.kind === 'pod' && endpoint.hostNetwork !== true;
}
