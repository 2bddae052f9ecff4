import { DomainError, invalidField, type ProblemDetail } from '#problems';

import { libraryRule, type LibraryRule } from './library.js';
import { flatParameters, parametersVariable, type PolicyParameters } from './parameters.js';
import { type CelRule, type PolicySpec } from './policy-spec.js';

/** A policy as the API server's CEL gets it. */
export interface CelPolicy extends CelRule {
  /** Annotations of the object that carries the parameters. */
  annotations: Record<string, string>;
}

/**
 * Returns the CEL of a policy that is not written in Rego, with the variable of its parameters first. Does not check the
 * parameters: policies that were stored before a check existed stay in force.
 * @throws `request.invalid` if the library has no such rule
 */
export function celPolicyOf({ rule, parameters }: PolicySpec): CelPolicy {
  if (rule.cel !== undefined) return policyOf(rule.cel, parameters);
  const found = libraryRuleOf(rule);
  const canonical = Object.entries(parameters).map(([key, value]): [string, unknown] => {
    const spell = found.parameters[key]?.canonical;
    return [key, spell === undefined || !Array.isArray(value) ? value : value.map((item) => spell(String(item)))];
  });
  return policyOf(found.cel, Object.fromEntries(canonical));
}

function policyOf(rule: CelRule, parameters: PolicyParameters): CelPolicy {
  return {
    ...rule,
    variables: [parametersVariable(parameters), ...rule.variables],
    annotations: flatParameters(parameters),
  };
}

/**
 * Checks whether the rule of a policy can read its parameters.
 * @throws `request.invalid` with every fault
 */
export function checkParameters({ rule, parameters }: PolicySpec): void {
  if (rule.rego !== undefined) return;
  const errors = rule.cel === undefined ? libraryFaults(libraryRuleOf(rule), parameters) : celFaults(parameters);
  const bytes = Buffer.byteLength(JSON.stringify(flatParameters(parameters)));
  if (bytes > MOST_ANNOTATIONS) errors.push(fault('/parameters', `At most ${MOST_ANNOTATIONS} bytes.`));
  if (errors.length > 0) throw new DomainError('request.invalid', errors[0]?.detail ?? '', { errors });
}

/** The API server accepts annotations of 256 KiB in total; Bulkhead adds one of its own. */
const MOST_ANNOTATIONS = 250_000;

/** The names of parameters in CEL are keys of annotations. */
const ANNOTATION_KEY = /[A-Za-z0-9]$/;

function celFaults(parameters: PolicyParameters): ProblemDetail[] {
  return Object.entries(parameters).flatMap(([key, value]) => {
    if (!ANNOTATION_KEY.test(key)) return [fault(`/parameters/${key}`, 'Must end with a letter or digit.')];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return [];
    return value.flatMap((item, index) => (item.includes(',') ? [fault(`/parameters/${key}/${index}`, COMMA)] : []));
  });
}

const COMMA = 'CEL gets a list of texts joined by commas, so no item can contain one; write a list of objects instead.';

function libraryFaults({ name, parameters: known }: LibraryRule, given: PolicyParameters): ProblemDetail[] {
  const unknown = Object.keys(given).filter((key) => !(key in known));
  return [
    ...unknown.map((key) => fault(`/parameters/${key}`, `The rule "${name}" has no such parameter.`)),
    ...Object.entries(known).flatMap(([key, { type, fault: faultOf }]) => {
      const value = given[key];
      const pointer = `/parameters/${key}`;
      if (type === 'list' && (!Array.isArray(value) || value.length === 0)) {
        return [fault(pointer, `The rule "${name}" requires a non-empty list.`)];
      }
      const items = Array.isArray(value) ? value.map((item, index) => [`${pointer}/${index}`, item] as const) : [];
      return (type === 'list' ? items : [[pointer, value ?? null] as const]).flatMap(([where, item]) => {
        const wrong = faultOf(item);
        return wrong === null ? [] : [fault(where, wrong)];
      });
    }),
  ];
}

function libraryRuleOf({ library }: PolicySpec['rule']): LibraryRule {
  const name = library?.name ?? '';
  const found = libraryRule(name);
  if (found === undefined) throw invalidField('/rule/library/name', `The library has no rule "${name}".`);
  return found;
}

function fault(pointer: string, detail: string): ProblemDetail {
  return { pointer, code: 'custom', detail };
}
