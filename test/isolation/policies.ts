import { type Endpoint, type KubernetesObject, type PodEndpoint } from '#isolation';

/** A namespace with these labels beside the one that the API server gives it. */
export function namespace(name: string, labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A NetworkPolicy with this `spec`, by default for all pods. */
export function networkPolicy(place: string, name: string, spec: object): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: place },
    spec: { podSelector: {}, ...spec },
  };
}

/** A ClusterNetworkPolicy with this `spec`, by default in the Admin tier, with priority 10, for everybody. */
export function clusterPolicy(name: string, spec: object): KubernetesObject {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name },
    spec: { tier: 'Admin', priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** A pod with an address of its own. */
export function pod(place: string, labels: Record<string, string> = {}, more: Partial<PodEndpoint> = {}): PodEndpoint {
  return { kind: 'pod', name: `pod in ${place}`, namespace: place, labels, addresses: ['10.1.2.3'], ...more };
}

export function address(text: string): Endpoint {
  return { kind: 'address', name: text, address: text };
}
