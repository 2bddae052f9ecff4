import { descriptionOf, type ImportedCel, type YamlPlace } from './imported-policy.js';
import { ImportFaults, type YamlObject, type YamlPath } from './yaml-source.js';

export const ADMISSION_GROUP = 'admissionregistration.k8s.io';
export const KYVERNO_GROUP = 'policies.kyverno.io';

const NOT_KNOWN = 'Cannot be carried over: policies have nothing like it.';
const NO_SELECTION = 'Cannot be carried over: the target of the policy says which tenants it is about.';

/**
 * Converts a ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1), its binding, and the object of its parameters.
 * @throws `request.invalid` with everything that cannot be carried over
 */
export function fromAdmissionPolicy(
  policy: YamlObject,
  binding: YamlObject,
  parameters: YamlObject | undefined,
): ImportedCel {
  const faults = new ImportFaults();
  const known = ['failurePolicy', 'matchConditions', 'matchConstraints', 'paramKind', 'validations', 'variables'];
  faults.others(policy, ['spec'], known, NOT_KNOWN);
  faults.others(binding, ['spec'], ['policyName', 'validationActions', 'paramRef'], NO_SELECTION);
  if (binding.at(['spec', 'policyName']) !== policy.name) {
    faults.add(binding, ['spec', 'policyName'], `The policy is "${policy.name}".`);
  }
  const params = readParams(policy, binding, parameters, faults);
  const read = readRule(policy, faults);
  const mode = modeOf(binding, faults);
  faults.assertNone();
  return { ...read, name: policy.name, description: descriptionOf(policy), mode, params, parameters: {} };
}

/**
 * Converts a ValidatingPolicy of Kyverno (policies.kyverno.io/v1) in CEL.
 * @throws `request.invalid` with everything that cannot be carried over
 */
export function fromKyverno(policy: YamlObject): ImportedCel {
  const faults = new ImportFaults();
  const known = ['autogen', 'evaluation', 'failurePolicy', 'matchConditions', 'matchConstraints', 'validationActions'];
  faults.others(policy, ['spec'], [...known, 'validations', 'variables'], NOT_KNOWN);
  const evaluated = policy.at(['spec', 'evaluation', 'mode']) ?? 'Kubernetes';
  if (evaluated !== 'Kubernetes') {
    faults.add(policy, ['spec', 'evaluation', 'mode'], 'Policies are about objects of Kubernetes only.');
  }
  if (policy.at(['spec', 'evaluation', 'admission', 'enabled']) === false) {
    faults.add(
      policy,
      ['spec', 'evaluation', 'admission'],
      'A policy always applies to admission; choose the mode audit.',
    );
  }
  const read = readRule(policy, faults);
  const mode = modeOf(policy, faults);
  faults.assertNone();
  const isAboutPods = JSON.stringify(policy.at(['spec', 'matchConstraints'])).includes('"pods"');
  const warnings = isAboutPods
    ? [
        ...read.warnings,
        'Kyverno also evaluates the pod templates of workloads (autogen); here only pods are evaluated.',
      ]
    : read.warnings;
  return {
    ...read,
    warnings,
    name: policy.name,
    description: descriptionOf(policy),
    mode,
    params: null,
    parameters: {},
  };
}

function readParams(
  policy: YamlObject,
  binding: YamlObject,
  parameters: YamlObject | undefined,
  faults: ImportFaults,
): Record<string, unknown> | null {
  if (policy.at(['spec', 'paramKind']) === undefined) {
    if (parameters !== undefined) faults.add(parameters, [], 'The policy has no parameters.');
    return null;
  }
  const reference: YamlPath = ['spec', 'paramRef'];
  faults.others(
    binding,
    reference,
    ['name', 'namespace', 'parameterNotFoundAction'],
    'Parameters must be one object, by name.',
  );
  if (parameters?.name !== binding.at([...reference, 'name'])) {
    faults.add(binding, reference, 'The object of this name must be in the text, too: its content becomes parameters.');
  }
  return parameters?.content ?? {};
}

const modes: Readonly<Record<string, string>> = { Deny: 'enforce', Warn: 'warn', Audit: 'audit' };

/** Returns the strictest mode: violations are recorded in each. */
function modeOf(object: YamlObject, faults: ImportFaults): string {
  const path: YamlPath = ['spec', 'validationActions'];
  const actions = object.listAt(path).map(String);
  const found = ['Deny', 'Warn', 'Audit'].find((action) => actions.includes(action));
  const odd = actions.findIndex((action) => !(action in modes));
  if (found === undefined || odd !== -1) {
    faults.add(object, odd === -1 ? path : [...path, odd], 'Must be Deny, Warn or Audit.');
  }
  return modes[found ?? ''] ?? '';
}

type Read = Pick<ImportedCel, 'rule' | 'warnings' | 'places'>;

function readRule(policy: YamlObject, faults: ImportFaults): Read {
  const warnings: string[] = [];
  const places = new Map<string, YamlPlace>();
  if (policy.at(['spec', 'failurePolicy']) === 'Ignore') {
    faults.add(policy, ['spec', 'failurePolicy'], 'Policies refuse what they cannot evaluate: remove this.');
  }
  const match = readMatch(policy, faults, warnings);
  const variables = policy.listAt(['spec', 'variables']);
  variables.forEach((_, index) => {
    faults.others(policy, ['spec', 'variables', index], ['name', 'expression'], NOT_KNOWN);
  });
  const conditions = policy.listAt(['spec', 'matchConditions']) as { expression?: unknown }[];
  const condition = conditions.map(({ expression }) => `(${String(expression)})`).join(' && ');
  const validations = policy.listAt(['spec', 'validations']).map((_, index) => {
    const path: YamlPath = ['spec', 'validations', index];
    faults.others(policy, path, ['expression', 'message', 'messageExpression', 'reason'], NOT_KNOWN);
    const { expression, message, messageExpression, reason } = policy.objectAt(path);
    if (reason !== undefined && reason !== 'Forbidden') warnings.push('The reason of refusals is always Forbidden.');
    const text = String(expression);
    return {
      // A condition that cannot be evaluated refuses, as before.
      expression: condition === '' ? text : `(${condition}) ? (${text}) : true`,
      message: message ?? `failed expression: ${text.replace(/\s+/g, ' ')}`.slice(0, 1_000),
      ...(messageExpression === undefined ? {} : { messageExpression }),
    };
  });
  for (const [pointer, path] of [
    ['/rule/cel/match', ['spec', 'matchConstraints', 'resourceRules']],
    ['/rule/cel/variables', ['spec', 'variables']],
    ['/rule/cel/validations', ['spec', 'validations']],
  ] as const) {
    places.set(pointer, { object: policy, path });
  }
  return { rule: { cel: { match, variables, validations } }, warnings: [...new Set(warnings)], places };
}

function readMatch(policy: YamlObject, faults: ImportFaults, warnings: string[]): object[] {
  const path: YamlPath = ['spec', 'matchConstraints'];
  faults.others(policy, path, ['matchPolicy', 'namespaceSelector', 'objectSelector', 'resourceRules'], NOT_KNOWN);
  for (const selector of ['namespaceSelector', 'objectSelector']) {
    if (Object.keys(policy.objectAt([...path, selector])).length > 0) {
      faults.add(policy, [...path, selector], NO_SELECTION);
    }
  }
  if (policy.at([...path, 'matchPolicy']) === 'Exact') {
    faults.add(policy, [...path, 'matchPolicy'], 'Policies match equivalent versions, too: remove this.');
  }
  return policy.listAt([...path, 'resourceRules']).map((_, index) => {
    const place: YamlPath = [...path, 'resourceRules', index];
    faults.others(policy, place, ['apiGroups', 'apiVersions', 'operations', 'resources', 'scope'], NOT_KNOWN);
    policy.listAt([...place, 'operations']).forEach((operation, at) => {
      if (operation === 'CREATE' || operation === 'UPDATE') return;
      faults.add(policy, [...place, 'operations', at], 'Policies are about CREATE and UPDATE only.');
    });
    if (policy.at([...place, 'scope']) === 'Cluster') {
      faults.add(policy, [...place, 'scope'], 'Policies are about objects in namespaces of tenants only.');
    }
    const versions = policy.listAt([...place, 'apiVersions']).map(String);
    if (!versions.includes('*')) {
      warnings.push(`The rule applies to every version of its resources, and not to ${versions.join(', ')} alone.`);
    }
    const { apiGroups, operations, resources } = policy.objectAt(place);
    return { apiGroups, operations, resources };
  });
}
