import { type Cluster } from '#tenancy';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';

export const listClustersQuery = z.strictObject(pageQuery);

export const clusterResponse = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    capabilities: z
      .strictObject({
        version: z.string().describe('Kubernetes version, such as "1.36".'),
        mutatingAdmissionPolicies: z
          .boolean()
          .describe(
            'Without them, pods are validated but not defaulted: tenants must set the fields that "restricted" requires.',
          ),
        clusterNetworkPolicies: z.boolean(),
        gatekeeper: z.strictObject({ present: z.boolean() }).describe('OPA Gatekeeper, which enforces Rego policies.'),
        networkPolicyEngine: z
          .strictObject({
            state: z.enum(['present', 'absent', 'unknown']),
            name: z.string().nullable(),
            detail: z.string().describe('How it was detected, or why it was not.'),
          })
          .describe('Without an engine, NetworkPolicies have no effect and tenants are not isolated from each other.'),
        gatewayApi: z.boolean().describe('Whether the cluster serves HTTPRoute v1 (Gateway API).'),
        listenerSets: z
          .boolean()
          .describe('Whether the cluster serves ListenerSet v1, which routes with their own certificate need.'),
        routeRetries: z.boolean().describe('Whether HTTPRoute supports retries (experimental channel).'),
        countedRoutes: z
          .array(z.string())
          .describe(
            'Route resources that quotas count, such as "httproutes.gateway.networking.k8s.io". A newly installed one ' +
              'appears after a minute or two; until then the routes that members create are not limited.',
          ),
        detectedAt: z.iso.datetime(),
      })
      .nullable()
      .describe('Capabilities that a worker detected; null until the first detection.'),
    mesh: z
      .strictObject({
        kind: z.enum(['istio-sidecar', 'istio-ambient', 'linkerd']),
        version: z.string().nullable().describe('Null if unknown.'),
        detail: z.string().describe('How it was detected.'),
        prerequisites: z
          .array(
            z.strictObject({
              name: z.string().describe('Stable identifier.'),
              status: z
                .enum(['met', 'unmet', 'unknown'])
                .describe('`unknown`: the worker lacks the permission to look.'),
              detail: z.string(),
              remedy: z.string().nullable().describe('How an administrator can fix it; null if nothing is needed.'),
            }),
          )
          .describe('Mesh-wide settings that isolation depends on; no tenant object can compensate for them.'),
      })
      .nullable()
      .describe('The service mesh; null if there is none, or none has been detected yet.'),
  })
  .meta({ id: 'Cluster' });
export type ClusterResponse = z.output<typeof clusterResponse>;

/** Maps a cluster to its response. */
export function toClusterResponse({ id, name, capabilities }: Cluster): ClusterResponse {
  if (capabilities === null) return { id, name, capabilities, mesh: null };
  const { mesh = null, gatewayApi = false, listenerSets = false, routeRetries = false, ...found } = capabilities;
  const { countedRoutes = [], ...others } = found;
  return { id, name, capabilities: { ...others, gatewayApi, listenerSets, routeRetries, countedRoutes }, mesh };
}
