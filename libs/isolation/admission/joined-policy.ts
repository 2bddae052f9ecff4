import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type MatchCondition } from './exemptions.js';
import { type Policy, type ResourceRule, type Validation, validating, type Variable } from './policy.js';

/** A part of the admission baseline: what is checked about some kinds of objects in tenants' namespaces. */
export interface BaselinePart {
  /** Unique; kebab case. */
  name: string;
  /** `*` is any group; `*` and a slash and `*` is any resource, including subresources. */
  rules: readonly ResourceRule[];
  /** Requests that are checked, in addition to those that the joined policy is about. */
  conditions?: readonly MatchCondition[];
  variables?: readonly Variable[];
  validations: readonly Validation[];
}

/**
 * Joins parts of the baseline into one policy and its binding. The API server builds CEL's view of a request anew for
 * every policy that matches, up to four times, and that costs more than all expressions together: a tenant's twenty
 * objects met 42 policies.
 * @param policy what all parts have in common; `rules` must include those of every part
 * @throws Error if two parts have the same name, or give one variable two meanings
 */
export function joined(policy: Omit<Policy, 'variables'>, parts: readonly BaselinePart[]): KubernetesObject[] {
  const variables = new Map<string, string>();
  const define = (name: string, expression: string): void => {
    if ((variables.get(name) ?? expression) !== expression) throw new Error(`the variable ${name} has two meanings`);
    variables.set(name, expression);
  };
  const validations = parts.flatMap((part) => {
    const asked = `is${pascalCase(part.name)}`;
    if (variables.has(asked)) throw new Error(`there are two parts ${part.name}`);
    define(asked, concerns(part));
    for (const { name, expression } of part.variables ?? []) define(name, expression);
    return part.validations.map(({ expression, message }) => ({
      expression: expression === 'false' ? `!variables.${asked}` : `!variables.${asked} || (${expression})`,
      message,
    }));
  });
  const all = [...variables].map(([name, expression]) => ({ name, expression }));
  return validating({ ...policy, variables: all }, validations);
}

/** CEL: the request is one that a part checks. */
function concerns({ rules, conditions = [] }: BaselinePart): string {
  const matches = rules.map(isMatched).join(' || ');
  return [`(${matches})`, ...conditions.map(({ expression }) => `(${expression})`)].join(' && ');
}

function isMatched({ apiGroups, resources, operations }: ResourceRule): string {
  const tests = [`request.operation in ${listOf(operations)}`];
  if (!resources.includes('*/*')) tests.unshift(`(${resourcesOf(resources)})`);
  if (!apiGroups.includes('*')) tests.unshift(`request.resource.group in ${listOf(apiGroups)}`);
  return `(${tests.join(' && ')})`;
}

function resourcesOf(resources: readonly string[]): string {
  const plain = resources.filter((resource) => !resource.includes('/'));
  const sub = resources.filter((resource) => resource.includes('/')).map((resource) => resource.split('/'));
  const subResource = "request.?subResource.orValue('')";
  return [
    ...(plain.length > 0 ? [`(request.resource.resource in ${listOf(plain)} && ${subResource} == '')`] : []),
    ...sub.map(([of = '', name = '']) => `(request.resource.resource == '${of}' && ${subResource} == '${name}')`),
  ].join(' || ');
}

const listOf = (texts: readonly string[]): string => `[${texts.map((text) => `'${text}'`).join(', ')}]`;

const pascalCase = (name: string): string =>
  name.replaceAll(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
