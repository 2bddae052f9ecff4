import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../model/labels.js';
import { mutating, validating } from './policy.js';

const CANARY_LABEL = 'bulkhead.io/canary';
/** On a canary, the set of mutating policies that was asked. */
export const POLICIES_ANNOTATION = 'bulkhead.io/policies';

/** `policies`: those that people write, the others: the walls. */
export type CanarySort = 'validating' | 'mutating' | 'policies';

/**
 * An object that is only ever sent as a dry run. The API server takes up admission policies some time after they were
 * written, all that it has seen at once; its answer to the canary tells which it has taken up.
 */
export function canary(sort: CanarySort): KubernetesObject {
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY, [CANARY_LABEL]: sort };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bulkhead-canary', labels } };
}

/**
 * The policies that answer the canary. To be written after all others.
 * @param version of the set that the others are, any text without quotes
 */
export function renderCanaryPolicies(version: string, mutates: boolean): KubernetesObject[] {
  const note = `JSONPatch{op: 'add', path: '/metadata/annotations', value: {'${POLICIES_ANNOTATION}': '${version}'}}`;
  return [
    ...answering('bulkhead-canary', 'validating', version),
    ...(mutates ? mutating(aboutCanary('bulkhead-canary', 'mutating'), [`[${note}]`]) : []),
  ];
}

/** The policy that answers the canary of policies that people write. To be written after them. */
export function renderPolicyCanary(version: string): KubernetesObject[] {
  return answering('bulkhead-policy-canary', 'policies', version);
}

function answering(name: string, sort: CanarySort, version: string): KubernetesObject[] {
  return validating(aboutCanary(name, sort), [{ expression: 'false', message: `policies ${version}` }]);
}

function aboutCanary(name: string, sort: CanarySort): Parameters<typeof validating>[0] {
  const expression = `object.metadata.?labels[?'${CANARY_LABEL}'].orValue('') == '${sort}'`;
  return {
    name,
    everywhere: true,
    rules: [{ apiGroups: [''], resources: ['namespaces'], operations: ['CREATE'] }],
    conditions: [{ name: 'is-the-canary', expression }],
  };
}
