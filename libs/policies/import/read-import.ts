import { DomainError } from '#problems';

import { ADMISSION_GROUP, fromAdmissionPolicy, fromKyverno, KYVERNO_GROUP } from './admission-policy.js';
import { CONSTRAINT_GROUP, fromGatekeeper, TEMPLATE_GROUP } from './gatekeeper.js';
import { type ImportedCel, type ImportedPolicy } from './imported-policy.js';
import { readYaml, type YamlObject } from './yaml-source.js';

/**
 * Reads one policy of another product from YAML: a Gatekeeper ConstraintTemplate with its constraint, a
 * ValidatingAdmissionPolicy with its binding and the object of its parameters, or a Kyverno ValidatingPolicy in CEL.
 * @throws `request.invalid` with line and reason of everything that cannot be carried over
 */
export function readImport(text: string): ImportedPolicy | ImportedCel {
  const objects = readYaml(text);
  const take = (group: string, kind: string | null): YamlObject | undefined => {
    const index = objects.findIndex((object) => object.group === group && (kind === null || object.kind === kind));
    return index === -1 ? undefined : objects.splice(index, 1)[0];
  };
  const template = take(TEMPLATE_GROUP, 'ConstraintTemplate');
  if (template !== undefined) {
    const constraint = take(CONSTRAINT_GROUP, null);
    assertComplete(objects, constraint, 'Its constraint must be in the text, too.', template);
    return fromGatekeeper(template, constraint);
  }
  const policy = take(ADMISSION_GROUP, 'ValidatingAdmissionPolicy');
  if (policy !== undefined) {
    const binding = take(ADMISSION_GROUP, 'ValidatingAdmissionPolicyBinding');
    const parameters = policy.at(['spec', 'paramKind']) === undefined ? undefined : objects.shift();
    assertComplete(objects, binding, 'Its binding must be in the text, too.', policy);
    return fromAdmissionPolicy(policy, binding, parameters);
  }
  const kyverno = take(KYVERNO_GROUP, 'ValidatingPolicy');
  assertComplete(objects, kyverno, NOTHING);
  return fromKyverno(kyverno);
}

const NOTHING =
  'Must have a ConstraintTemplate with its constraint, a ValidatingAdmissionPolicy with its binding, or a ' +
  'ValidatingPolicy of policies.kyverno.io.';

/** @throws `request.invalid` if the object is missing, or if there are others */
function assertComplete(
  others: readonly YamlObject[],
  object: YamlObject | undefined,
  missing: string,
  beside?: YamlObject,
): asserts object is YamlObject {
  const [odd] = others;
  const toBlame = object === undefined ? (beside ?? odd) : odd;
  if (object !== undefined && odd === undefined) return;
  const reason = object === undefined ? missing : 'This object is no part of the policy; import one policy at a time.';
  const detail = toBlame === undefined ? reason : toBlame.describe([], reason);
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/yaml', code: 'custom', detail }] });
}
