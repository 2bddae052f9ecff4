import { alsoByNat64, parseCidr } from '#plans';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type ClusterFacts } from '../model/tenant-input.js';
import { NODE_LOCAL_DNS } from './network-policy.js';

/**
 * Addresses at which clouds give machines their credentials, and those that may lead there by a translation of the
 * network. No plan can open them (`forbiddenCidrs`).
 */
const METADATA_RANGES: readonly string[] = alsoByNat64(
  [
    '100.100.100.200/32',
    '168.63.129.16/32',
    '169.254.0.0/16',
    '192.0.0.192/32',
    'fd00:ec2::/32',
    'fd20:ce::254/128',
    '::/64',
    '64:ff9b:1::/48',
    '2001::/32',
    '2002::/16',
  ].map(parseCidr),
).map(({ text }) => text);

/** The only object name that the worker has the right to write. */
export const GUARDRAIL_NAME = 'bulkhead-guardrail';

/**
 * Renders denials that no NetworkPolicy in a tenant's namespace can override, whoever wrote it: NetworkPolicies only
 * add to each other, so one `egress: [{}]` that got past admission would open the metadata service. One object serves
 * all tenants; the separation of tenants cannot be expressed in one object since "same labels" was removed from the API
 * (NPEP-122).
 * @returns an empty list if the cluster does not serve the kind
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
        // Leaves room for an administrator's policies with a higher precedence.
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
