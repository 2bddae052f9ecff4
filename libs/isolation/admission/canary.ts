import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../model/labels.js';
import { mutating, validating } from './policy.js';

const CANARY_NAME = 'bulkhead-canary';
const CANARY_LABEL = 'bulkhead.io/canary';
/** On a canary: the version of the mutating policies that processed it. */
export const POLICIES_ANNOTATION = 'bulkhead.io/policies';

/** `policies` are those that people write; the other two belong to the admission baseline. */
export type CanaryKind = 'validating' | 'mutating' | 'policies';

/**
 * An object that is only ever sent as a dry run. The API server picks up admission policies some time after they are
 * written, and in batches; its reply to the canary shows which version is in force.
 */
export function canary(sort: CanaryKind): KubernetesObject {
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY, [CANARY_LABEL]: sort };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: CANARY_NAME, labels } };
}

/**
 * Renders the policies that answer the canary. Apply them after all others.
 * @param version of the other policies; any text without quotes
 */
export function renderCanaryPolicies(version: string, mutates: boolean): KubernetesObject[] {
  const note = `JSONPatch{op: 'add', path: '/metadata/annotations', value: {'${POLICIES_ANNOTATION}': '${version}'}}`;
  return [
    ...answering('bulkhead-canary', 'validating', version),
    ...(mutates ? mutating(canaryPolicy('bulkhead-canary', 'mutating'), [`[${note}]`]) : []),
  ];
}

/** Renders the policy that answers the canary of people's policies. Apply it after them. */
export function renderPolicyCanary(version: string): KubernetesObject[] {
  return answering('bulkhead-policy-canary', 'policies', version);
}

function answering(name: string, sort: CanaryKind, version: string): KubernetesObject[] {
  return validating(canaryPolicy(name, sort), [{ expression: 'false', message: `policies ${version}` }]);
}

function canaryPolicy(name: string, sort: CanaryKind): Parameters<typeof validating>[0] {
  const expression = `object.metadata.?labels[?'${CANARY_LABEL}'].orValue('') == '${sort}'`;
  return {
    name,
    everywhere: true,
    // By name: the creation of any other namespace does not even match.
    rules: [{ apiGroups: [''], resources: ['namespaces'], operations: ['CREATE'], resourceNames: [CANARY_NAME] }],
    conditions: [{ name: 'is-the-canary', expression }],
  };
}
