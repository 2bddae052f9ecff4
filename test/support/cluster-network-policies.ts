import { ApiextensionsV1Api } from '@kubernetes/client-node';

import { type Cluster } from './cluster.js';
import { eventually } from './eventually.js';

/** Makes a cluster serve ClusterNetworkPolicy, without validation, like one whose network plug-in provides the kind. */
export async function serveClusterNetworkPolicies(cluster: Cluster): Promise<void> {
  const [group, plural, kind] = ['policy.networking.k8s.io', 'clusternetworkpolicies', 'ClusterNetworkPolicy'];
  const anything = { type: 'object', x_kubernetes_preserve_unknown_fields: true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: anything } } };
  const metadata = {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/network-policy-api/pull/300' },
  };
  const versions = [{ name: 'v1alpha2', served: true, storage: true, schema }];
  const names = { kind, plural, singular: kind.toLowerCase() };
  const body = { metadata, spec: { group, scope: 'Cluster', names, versions } };
  await cluster.client(ApiextensionsV1Api).createCustomResourceDefinition({ body });
  await eventually('ClusterNetworkPolicies are served', async () => {
    return (await cluster.objects.list(`${group}/v1alpha2`, kind)).items.length === 0;
  });
}
