import { type Cluster } from '#tenancy';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';

export const listClustersQuery = z.strictObject(pageQuery);

export const clusterResponse = z.strictObject({
  id: z.string(),
  name: z.string(),
  capabilities: z
    .strictObject({
      version: z.string().describe('Of Kubernetes, such as "1.36".'),
      mutatingAdmissionPolicies: z
        .boolean()
        .describe('Without them pods are checked and not completed: they have to state what "restricted" demands.'),
      clusterNetworkPolicies: z.boolean(),
      gatekeeper: z.strictObject({ present: z.boolean() }).describe('OPA Gatekeeper, which enforces policies in Rego.'),
      networkPolicyEngine: z
        .strictObject({
          state: z.enum(['present', 'absent', 'unknown']),
          name: z.string().nullable(),
          detail: z.string().describe('How it was found, or why not.'),
        })
        .describe('Without one NetworkPolicies have no effect, and no tenant is isolated from another.'),
      gatewayApi: z.boolean().describe('Whether it serves HTTPRoute of Gateway API in v1.'),
      listenerSets: z
        .boolean()
        .describe('Whether it serves ListenerSet in v1: routes may have certificates of their own.'),
      routeRetries: z.boolean().describe('Whether its HTTPRoute has retries, which are in the experimental channel.'),
      countedRoutes: z
        .array(z.string())
        .describe(
          'Kinds of routes that it counts in quotas, such as "httproutes.gateway.networking.k8s.io"; a minute or two after ' +
            'they were installed. Those that members write are not bounded before.',
        ),
      detectedAt: z.iso.datetime(),
    })
    .nullable()
    .describe('What a worker found that the cluster can do; null until one has looked.'),
  mesh: z
    .strictObject({
      kind: z.enum(['istio-sidecar', 'istio-ambient', 'linkerd']),
      version: z.string().nullable().describe('Null: not known.'),
      detail: z.string().describe('How it was found.'),
      prerequisites: z
        .array(
          z.strictObject({
            name: z.string().describe('Stable, for programs.'),
            status: z.enum(['met', 'unmet', 'unknown']).describe('"unknown": the worker may not look.'),
            detail: z.string(),
            remedy: z.string().nullable().describe('What an administrator can do; null: nothing is needed.'),
          }),
        )
        .describe('What must hold for the whole mesh, because no object of a tenant can make up for it.'),
    })
    .nullable()
    .describe('The service mesh; null: none was found, or no worker has looked.'),
});
export type ClusterResponse = z.output<typeof clusterResponse>;

/** How a cluster is answered. */
export function toClusterResponse({ id, name, capabilities }: Cluster): ClusterResponse {
  if (capabilities === null) return { id, name, capabilities, mesh: null };
  const { mesh = null, gatewayApi = false, listenerSets = false, routeRetries = false, ...found } = capabilities;
  const { countedRoutes = [], ...others } = found;
  return { id, name, capabilities: { ...others, gatewayApi, listenerSets, routeRetries, countedRoutes }, mesh };
}
