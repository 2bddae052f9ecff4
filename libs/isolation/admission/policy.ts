import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type MatchCondition } from './exemptions.js';

const GROUP = 'admissionregistration.k8s.io/v1';

/** One entry of `resourceRules`: kinds, including subresources, and the operations on them. */
export interface ResourceRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[];
  /** Absent: objects of any name. */
  resourceNames?: readonly string[];
}

/** Creations and updates of some kinds of a group. */
export const write = (group: string, ...resources: string[]): ResourceRule => ({
  apiGroups: [group],
  resources,
  operations: ['CREATE', 'UPDATE'],
});

/** A CEL expression that must be true for an object; otherwise the message is returned. */
export interface Validation {
  expression: string;
  message: string;
}

/** A CEL expression with a name, evaluated when it is first used. */
export interface Variable {
  name: string;
  expression: string;
}

export interface Policy {
  name: string;
  rules: readonly ResourceRule[];
  /** Kinds that the rules must not include. */
  exclude?: readonly ResourceRule[];
  conditions: readonly MatchCondition[];
  variables?: readonly Variable[];
  /** Binds the policy everywhere instead of in namespaces of tenants only. */
  everywhere?: boolean;
  /** The mutating policy sees the object as it was submitted, and is not reinvoked after other changes. */
  once?: boolean;
}

/** A ValidatingAdmissionPolicy that denies, and its one binding. */
export function validating(policy: Policy, validations: readonly Validation[]): KubernetesObject[] {
  const spec = { validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })) };
  return pair('ValidatingAdmissionPolicy', policy, spec, { validationActions: ['Deny'] });
}

/**
 * A policy that checks pods on creation, and again when something relevant changes.
 * @param variables in addition to `specStays`, which is true if an update leaves the spec unchanged
 */
export function podPolicy(name: string, variables: NonNullable<Policy['variables']>): Policy {
  return {
    name,
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], operations: ['CREATE', 'UPDATE'] }],
    conditions: [
      {
        name: 'what-is-checked-changes',
        expression:
          "request.operation == 'CREATE' || object.spec != oldObject.spec || " +
          'object.metadata.?labels != oldObject.metadata.?labels || ' +
          'object.metadata.?annotations != oldObject.metadata.?annotations',
      },
    ],
    variables: [
      { name: 'specStays', expression: "request.operation == 'UPDATE' && object.spec == oldObject.spec" },
      ...variables,
    ],
  };
}

/**
 * Exempts updates that leave the spec unchanged: pods that were running before a plan changed must still be labelled
 * and annotated, by their tenant and by the cluster, and must be able to terminate. For policies made by `aboutPods`.
 */
export function unlessSpecStays({ expression, message }: Validation): Validation {
  return { expression: `variables.specStays || (${expression})`, message };
}

/**
 * A MutatingAdmissionPolicy, and its one binding.
 * @param patches CEL expressions of lists of `JSONPatch`. They are joined into one mutation, because the API server
 *   converts and patches the whole object for each: ten of them added 8 ms to the creation of a pod. So all see the
 *   original object.
 */
export function mutating(policy: Policy, patches: readonly string[]): KubernetesObject[] {
  const expression = patches.map((patch) => `(${patch})`).join(' + ');
  const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression } }];
  const reinvocationPolicy = policy.once === true ? 'Never' : 'IfNeeded';
  return pair('MutatingAdmissionPolicy', policy, { reinvocationPolicy, mutations }, {});
}

/**
 * Joins conditions into one. The API server evaluates every condition of a list, but stops within one expression at the
 * first that is false, which for the worker is the first or the second.
 */
function together(conditions: readonly MatchCondition[]): MatchCondition {
  const expression = conditions.map((each) => `(${each.expression})`).join(' && ');
  return { name: 'asked-about', expression };
}

/** Includes all defaults that the API server would set, so that a comparison finds no difference. */
function pair(kind: string, policy: Policy, more: object, moreOfBinding: object): KubernetesObject[] {
  const { name, rules, exclude = [], conditions, variables = [], everywhere = false } = policy;
  const metadata = { name, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
  const matched = (rule: ResourceRule): object => ({ ...rule, apiVersions: ['*'], scope: '*' });
  const constraints = {
    resourceRules: rules.map(matched),
    ...(exclude.length > 0 && { excludeResourceRules: exclude.map(matched) }),
  };
  const ofTenants = { matchExpressions: [{ key: TENANT_ID_LABEL, operator: 'Exists' }] };
  const everything = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
  return [
    {
      apiVersion: GROUP,
      kind,
      metadata,
      spec: {
        // A policy that cannot be evaluated denies.
        failurePolicy: 'Fail',
        matchConstraints: { ...everything, ...constraints },
        ...(conditions.length > 0 && { matchConditions: [together(conditions)] }),
        ...(variables.length > 0 && { variables }),
        ...more,
      },
    },
    {
      apiVersion: GROUP,
      kind: `${kind}Binding`,
      metadata,
      spec: {
        policyName: name,
        ...moreOfBinding,
        ...(!everywhere && { matchResources: { ...everything, namespaceSelector: ofTenants } }),
      },
    },
  ];
}
