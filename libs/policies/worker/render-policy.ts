import {
  type KubernetesObject,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  namespaceLabelOf,
  PLAN_LABEL,
  TENANT_ID_LABEL,
} from '#isolation';
import { PLATFORM_NAMESPACE } from '#kube';

import { celPolicyOf } from '../rule/cel-rule.js';
import { NOT_ENDING } from '../rule/policy-match.js';
import { type PolicySpec } from '../rule/policy-spec.js';

/** A version of a policy to enforce. */
export interface WantedPolicy {
  id: string;
  /** Starts at 1; the names of its objects contain it. */
  slot: number;
  version: number;
  spec: PolicySpec;
}

/** Reason of refusals, the same as for RBAC (meta/v1 StatusReason). */
const FORBIDDEN = 'Forbidden';
const ADMISSION = 'admissionregistration.k8s.io/v1';
/** The kind of the object that holds a policy's parameters. */
export const PARAMETERS_KIND = 'ServiceAccount';
const TEMPLATES = 'templates.gatekeeper.sh/v1';
const CONSTRAINTS = 'constraints.gatekeeper.sh/v1beta1';

const numberOf = (slot: number): string => String(slot).padStart(2, '0');
const nameOf = (slot: number): string => `bulkhead-policy-${numberOf(slot)}`;
const constraintKind = (slot: number): string => `BulkheadPolicy${numberOf(slot)}`;

/** All objects that a policy can have, of either engine: those that are not rendered must not exist. */
export function policyObjects(slot: number): Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>[] {
  const name = nameOf(slot);
  return [
    { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name } },
    { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicy', metadata: { name } },
    { apiVersion: 'v1', kind: PARAMETERS_KIND, metadata: { name, namespace: PLATFORM_NAMESPACE } },
    { apiVersion: CONSTRAINTS, kind: constraintKind(slot), metadata: { name } },
    { apiVersion: TEMPLATES, kind: 'ConstraintTemplate', metadata: { name: constraintKind(slot).toLowerCase() } },
  ];
}

/**
 * Renders the objects that enforce a policy. CEL: its parameters, on which the API server acts as soon as they are written,
 * and the policy and its binding, which take about a second. Rego: a template and its constraint. Pure.
 * @param provisioner the user name of the worker
 * @param now decides which exceptions have expired
 */
export function renderPolicy(policy: WantedPolicy, provisioner: string, now: Date): KubernetesObject[] {
  return policy.spec.rule.rego === undefined ? withCel(policy, provisioner, now) : withRego(policy, now);
}

function metadata(
  policy: WantedPolicy,
  more: { name?: string; namespace?: string } = {},
): KubernetesObject['metadata'] {
  return {
    name: nameOf(policy.slot),
    ...more,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: { 'bulkhead.io/policy': policy.id },
  };
}

function withCel(policy: WantedPolicy, provisioner: string, now: Date): KubernetesObject[] {
  const { spec } = policy;
  const { match, variables, validations, annotations } = celPolicyOf(spec);
  const name = nameOf(policy.slot);
  const everything = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
  const resourceRules = match.map((rule) => ({ ...rule, apiVersions: ['*'], scope: 'Namespaced' }));
  const reference = { name, namespace: PLATFORM_NAMESPACE, parameterNotFoundAction: 'Deny' };
  const actions = { audit: 'Audit', warn: 'Warn', enforce: 'Deny' } as const;
  return [
    parametersOf(policy, annotations),
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: metadata(policy),
      spec: {
        failurePolicy: 'Fail',
        paramKind: { apiVersion: 'v1', kind: PARAMETERS_KIND },
        matchConstraints: { ...everything, resourceRules },
        matchConditions: [
          { name: 'not-the-provisioner', expression: `request.userInfo.username != ${JSON.stringify(provisioner)}` },
          { name: 'not-ending', expression: NOT_ENDING },
        ],
        variables,
        validations: validations.map((validation) => ({ ...validation, reason: FORBIDDEN })),
      },
    },
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: metadata(policy),
      spec: {
        policyName: name,
        paramRef: reference,
        validationActions: [actions[spec.mode]],
        matchResources: { ...everything, namespaceSelector: selectorOf(spec, now) },
      },
    },
  ];
}

/**
 * Parameters are annotations of a ServiceAccount without rights or tokens. The author of a policy needs the right to read
 * all objects of the parameters' kind: the worker has it for ServiceAccounts, but must not have it for ConfigMaps.
 */
function parametersOf(policy: WantedPolicy, parameters: Record<string, string>): KubernetesObject {
  const { annotations, ...more } = metadata(policy, { namespace: PLATFORM_NAMESPACE });
  return {
    apiVersion: 'v1',
    kind: PARAMETERS_KIND,
    metadata: { ...more, annotations: { ...parameters, ...annotations } },
    automountServiceAccountToken: false,
  };
}

function withRego(policy: WantedPolicy, now: Date): KubernetesObject[] {
  const { spec, slot } = policy;
  const { rego } = spec.rule;
  if (rego === undefined) return [];
  const kind = constraintKind(slot);
  const actions = { audit: 'dryrun', warn: 'warn', enforce: 'deny' } as const;
  return [
    {
      apiVersion: TEMPLATES,
      kind: 'ConstraintTemplate',
      metadata: metadata(policy, { name: kind.toLowerCase() }),
      spec: {
        crd: {
          spec: {
            names: { kind },
            validation: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
        targets: [
          {
            target: 'admission.k8s.gatekeeper.sh',
            code: [{ engine: 'Rego', source: regoSourceOf(rego) }],
          },
        ],
      },
    },
    {
      apiVersion: CONSTRAINTS,
      kind,
      metadata: metadata(policy),
      spec: {
        enforcementAction: actions[spec.mode],
        match: { scope: 'Namespaced', kinds: rego.match, namespaceSelector: selectorOf(spec, now) },
        parameters: spec.parameters,
      },
    },
  ];
}

function regoSourceOf({ source, libs }: NonNullable<PolicySpec['rule']['rego']>): object {
  return { version: 'v1', rego: source, ...(libs === undefined ? {} : { libs }) };
}

interface Requirement {
  key: string;
  operator: 'Exists' | 'In' | 'NotIn';
  values?: string[];
}

/** Selects the namespaces of the tenants that a policy targets, by labels that only Bulkhead writes. */
function selectorOf({ target, exceptions }: PolicySpec, now: Date): { matchExpressions: Requirement[] } {
  const excepted = exceptions.filter(({ expiresAt }) => expiresAt === null || new Date(expiresAt) > now);
  const values = [...new Set(excepted.map(({ tenant }) => tenant))].sort();
  const matchExpressions: Requirement[] = [
    { key: TENANT_ID_LABEL, operator: 'Exists' },
    ...(target.plans === undefined ? [] : [isIn(PLAN_LABEL, target.plans)]),
    ...(target.tenants === undefined ? [] : [isIn(TENANT_ID_LABEL, target.tenants)]),
    ...Object.entries(target.labels ?? {}).map(([key, value]) => isIn(namespaceLabelOf(key) ?? key, [value])),
    ...(values.length === 0 ? [] : [{ key: TENANT_ID_LABEL, operator: 'NotIn' as const, values }]),
  ];
  return { matchExpressions };
}

/** Reports whether a policy targets a namespace with these labels. */
export function selectsNamespace(spec: PolicySpec, labels: Readonly<Record<string, string>>, now: Date): boolean {
  return selectorOf(spec, now).matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return value !== undefined && (operator === 'Exists' || values.includes(value));
  });
}

function isIn(key: string, values: readonly string[]): Requirement {
  return { key, operator: 'In', values: [...new Set(values)].sort() };
}

/** When the next exception of a policy expires and changes its objects; null if none does. */
export function nextExpiry({ exceptions }: PolicySpec, now: Date): Date | null {
  const times = exceptions
    .flatMap(({ expiresAt }) => (expiresAt === null ? [] : [new Date(expiresAt).getTime()]))
    .filter((time) => time > now.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
