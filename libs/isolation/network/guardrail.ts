import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type ClusterFacts } from '../model/tenant-input.js';
import { NODE_LOCAL_DNS } from './network-policy.js';

/** Where clouds give machines their credentials. No plan may open any of it (`forbiddenCidrs`). */
export const METADATA_RANGES: readonly string[] = [
  ...['100.100.100.200/32', '168.63.129.16/32', '169.254.0.0/16', '192.0.0.192/32'],
  ...['fd00:ec2::/32', 'fd20:ce::254/128'],
];

/** The one name, which the worker may write. */
export const GUARDRAIL_NAME = 'bulkhead-guardrail';

/**
 * What no NetworkPolicy in a tenant's namespace can open, whoever wrote it: NetworkPolicies only add to each other, so
 * one `egress: [{}]` that got past admission would open the metadata service. One object for all tenants; that tenants
 * stay apart cannot be said in one since "same labels" was taken out of the API (NPEP-122).
 * @returns nothing where the cluster does not know the kind
 */
export function renderGuardrail({ knowsClusterNetworkPolicy }: ClusterFacts): KubernetesObject[] {
  if (knowsClusterNetworkPolicy !== true) return [];
  return [
    {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: GUARDRAIL_NAME, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } },
      spec: {
        tier: 'Admin',
        // Leaves room for an administrator's own before it.
        priority: 100,
        subject: { namespaces: { matchExpressions: [{ key: TENANT_ID_LABEL, operator: 'Exists' }] } },
        egress: [
          { name: 'leave-dns-of-nodes', action: 'Pass', to: [{ networks: [`${NODE_LOCAL_DNS}/32`] }] },
          { name: 'deny-metadata', action: 'Deny', to: [{ networks: [...METADATA_RANGES] }] },
        ],
      },
    },
  ];
}
