import { descriptionOf, type ImportedPolicy, type YamlPlace } from './imported-policy.js';
import { ImportFaults, textOf, type YamlObject, type YamlPath } from './yaml-source.js';

export const TEMPLATE_GROUP = 'templates.gatekeeper.sh';
export const CONSTRAINT_GROUP = 'constraints.gatekeeper.sh';
const TARGET = 'admission.k8s.gatekeeper.sh';

const modes: Readonly<Record<string, string>> = { deny: 'enforce', dryrun: 'audit', warn: 'warn' };
const NO_SELECTION = 'Cannot be carried over: the target of the policy says which tenants it is about.';
const NOT_KNOWN = 'Cannot be carried over: policies have nothing like it.';

/**
 * Converts a ConstraintTemplate (templates.gatekeeper.sh/v1) and its constraint.
 * @throws `request.invalid` with everything that cannot be carried over
 */
export function fromGatekeeper(template: YamlObject, constraint: YamlObject): ImportedPolicy {
  const faults = new ImportFaults();
  const warnings: string[] = [];
  const places = new Map<string, YamlPlace>();
  const kind = template.at(['spec', 'crd', 'spec', 'names', 'kind']);
  if (constraint.kind !== kind) {
    faults.add(constraint, ['kind'], `The template is about constraints of the kind ${String(kind)}.`);
  }
  const rego = readCode(template, faults, warnings, places);
  const match = readMatch(constraint, faults, warnings);
  faults.others(constraint, ['spec'], ['enforcementAction', 'match', 'parameters'], NOT_KNOWN);
  const action = textOf(constraint.at(['spec', 'enforcementAction']) ?? 'deny');
  const mode = modes[action];
  if (mode === undefined) {
    faults.add(constraint, ['spec', 'enforcementAction'], `There is no mode for "${action}".`);
  }
  faults.assertNone();
  const schema = template.at(['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema']);
  places.set('/rule/rego/match', { object: constraint, path: ['spec', 'match', 'kinds'] });
  places.set('/parameters', { object: constraint, path: ['spec', 'parameters'] });
  return {
    name: constraint.name,
    description: descriptionOf(template),
    mode: mode ?? '',
    rule: { rego: { match, ...rego } },
    parameters: withDefaults(constraint.at(['spec', 'parameters']) ?? {}, schema) as Record<string, unknown>,
    warnings,
    places,
  };
}

/** Returns the Rego of a template, of which there can be one of each engine. */
function readCode(
  template: YamlObject,
  faults: ImportFaults,
  warnings: string[],
  places: Map<string, YamlPlace>,
): { source: string; libs?: string[] } {
  faults.others(template, ['spec'], ['crd', 'targets'], NOT_KNOWN);
  const targets = template.listAt(['spec', 'targets']);
  if (targets.length !== 1 || template.at(['spec', 'targets', 0, 'target']) !== TARGET) {
    faults.add(template, ['spec', 'targets'], `Must be one target, "${TARGET}".`);
  }
  const target: YamlPath = ['spec', 'targets', 0];
  faults.others(template, target, ['target', 'rego', 'libs', 'code'], NOT_KNOWN);
  const code = template.listAt([...target, 'code']) as { engine?: unknown }[];
  const index = code.findIndex(({ engine }) => engine === 'Rego');
  const path = index === -1 ? target : [...target, 'code', index, 'source'];
  const source = template.at([...path, 'rego']);
  if (typeof source !== 'string') {
    const reason = 'The template has no Rego. Import its CEL as a ValidatingAdmissionPolicy.';
    faults.add(template, code.length > 0 ? [...target, 'code'] : target, reason);
    return { source: '' };
  }
  const others = code.filter(({ engine }) => engine !== 'Rego').map(({ engine }) => String(engine));
  if (others.length > 0) warnings.push(`Of the template only the Rego was taken, and not: ${others.join(', ')}.`);
  places.set('/rule/rego/source', { object: template, path: [...path, 'rego'] });
  const libs = template.listAt([...path, 'libs']);
  libs.forEach((_, each) => places.set(`/rule/rego/libs/${each}`, { object: template, path: [...path, 'libs', each] }));
  return { source, ...(libs.length > 0 && { libs: libs.map(String) }) };
}

function readMatch(constraint: YamlObject, faults: ImportFaults, warnings: string[]): object[] {
  const path: YamlPath = ['spec', 'match'];
  faults.others(constraint, path, ['kinds', 'scope', 'excludedNamespaces'], NO_SELECTION);
  if (constraint.at([...path, 'scope']) === 'Cluster') {
    faults.add(constraint, [...path, 'scope'], 'Policies are about objects in namespaces of tenants only.');
  }
  const excluded = constraint.listAt([...path, 'excludedNamespaces']).map(String);
  const ofTenants = excluded.filter((name) => name.startsWith('tn-') || /^(\*|t\*|tn\*)/.test(name));
  if (ofTenants.length > 0) faults.add(constraint, [...path, 'excludedNamespaces'], NO_SELECTION);
  else if (excluded.length > 0) {
    warnings.push(`Policies apply in namespaces of tenants only, so that none excludes: ${excluded.join(', ')}.`);
  }
  const kinds = constraint.listAt([...path, 'kinds']);
  kinds.forEach((_, index) => {
    faults.others(constraint, [...path, 'kinds', index], ['apiGroups', 'kinds'], NOT_KNOWN);
  });
  return kinds.length === 0 ? [{ apiGroups: ['*'], kinds: ['*'] }] : (kinds as object[]);
}

interface Schema {
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

/** Fills in the defaults of a schema, as the API server does for constraints (apiextensions.k8s.io/v1, defaulting). */
function withDefaults(value: unknown, schema: unknown): unknown {
  const { properties = {}, additionalProperties, items } = (schema ?? {}) as Schema;
  if (Array.isArray(value)) return value.map((item: unknown) => withDefaults(item, items));
  if (typeof value !== 'object' || value === null) return value;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const filled = Object.entries(properties).flatMap(([key, { default: given }]) =>
    given === undefined || key in value ? [] : [[key, given] as const],
  );
  return Object.fromEntries(
    [...Object.entries(value), ...filled].map(([key, item]) => [key, withDefaults(item, properties[key] ?? rest)]),
  );
}
