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
      detectedAt: z.iso.datetime(),
    })
    .nullable()
    .describe('What a worker found that the cluster can do; null until one has looked.'),
});
export type ClusterResponse = z.output<typeof clusterResponse>;

/** How a cluster is answered. */
export function toClusterResponse({ id, name, capabilities }: Cluster): ClusterResponse {
  return { id, name, capabilities };
}
