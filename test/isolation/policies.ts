import { type Endpoint, type KubernetesObject, type PodEndpoint } from '#isolation';

/** Returns a namespace with these labels in addition to the one that the API server sets. */
export function namespace(name: string, labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** Returns a NetworkPolicy with this `spec`, by default for all pods. */
export function networkPolicy(place: string, name: string, spec: object): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: place },
    spec: { podSelector: {}, ...spec },
  };
}

/**
 * Returns a ClusterNetworkPolicy with this `spec`, by default in the Admin tier, with priority 10, for all namespaces.
 */
export function clusterPolicy(name: string, spec: object): KubernetesObject {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name },
    spec: { tier: 'Admin', priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** Returns a pod with its own address. */
export function pod(place: string, labels: Record<string, string> = {}, more: Partial<PodEndpoint> = {}): PodEndpoint {
  return { kind: 'pod', name: `pod in ${place}`, namespace: place, labels, addresses: ['10.1.2.3'], ...more };
}

export function address(text: string): Endpoint {
  return { kind: 'address', name: text, address: text };
}
