import { isDeepStrictEqual } from 'node:util';

import { celPolicyOf } from './cel-rule.js';
import { type PolicyReview } from './policy-judge.js';
import { type PolicySpec } from './policy-spec.js';

/** Fields of metadata that an update of finalizers changes: the API server writes the others. */
const WITH_FINALIZERS = ['finalizers', 'managedFields', 'resourceVersion'];

const sameMembers = (one: string, other: string, ignored: readonly string[]): string => {
  const names = `[${ignored.map((name) => `'${name}'`).join(', ')}]`;
  return (
    `${one}.all(k, k in ${names} || (k in ${other} && ${one}[k] == ${other}[k])) && ` +
    `${other}.all(k, k in ${names} || k in ${one})`
  );
};

/**
 * CEL: a policy applies to a write. Objects that are being deleted lose their finalizers by updates, which must not be
 * refused. Every other update of such an object can still give access, as long as a finalizer holds it.
 */
export const NOT_ENDING =
  "!has(object.metadata.deletionTimestamp) || request.operation != 'UPDATE' || !(" +
  `${sameMembers('object', 'oldObject', ['metadata'])} && ` +
  `${sameMembers('object.metadata', 'oldObject.metadata', WITH_FINALIZERS)})`;

/** Reports why a policy does not apply to a write; null if it does. Targets are not looked at: they are about tenants. */
export function whyUnmatched(spec: PolicySpec, review: PolicyReview): string | null {
  const { apiVersion, kind } = review.object;
  const group = groupOf(apiVersion);
  if (spec.rule.rego !== undefined) {
    const isMatched = spec.rule.rego.match.some(
      (rule) => names(rule.apiGroups, group) && names(rule.kinds, String(kind)),
    );
    return isMatched ? null : `The policy does not match the kind ${named(String(kind), group)}.`;
  }
  const ofKind = celPolicyOf(spec).match.filter(
    ({ apiGroups, resources }) =>
      resources.some((resource) => isResource(resource, review.resource)) &&
      // The object of a subresource can be of another group: a Scale, for example.
      (names(apiGroups, group) || review.resource.includes('/')),
  );
  if (ofKind.length === 0) return `The policy does not match the resource ${named(review.resource, group)}.`;
  if (!ofKind.some(({ operations }) => operations.includes(review.operation))) {
    return `The policy does not match the operation ${review.operation} of ${named(review.resource, group)}.`;
  }
  return endsOnly(review)
    ? 'Of an object that is being deleted only finalizers change: no policy applies to that.'
    : null;
}

function named(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}

function groupOf(apiVersion: unknown): string {
  return typeof apiVersion === 'string' && apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

const names = (list: readonly string[], name: string): boolean => list.includes('*') || list.includes(name);

/** As the API server compares an entry of `resources` (k8s.io/apiserver, `pkg/admission/plugin/webhook/predicates/rules`). */
function isResource(entry: string, resource: string): boolean {
  const [wanted = '', wantedPart = ''] = entry.split('/');
  const [name = '', part = ''] = resource.split('/');
  return ['*', name].includes(wanted) && ['*', part].includes(wantedPart);
}

/** `NOT_ENDING` for the objects of a review. */
function endsOnly({ operation, object, oldObject }: PolicyReview): boolean {
  const metadata = metadataOf(object);
  if (operation !== 'UPDATE' || oldObject === null || metadata['deletionTimestamp'] === undefined) return false;
  return isSame(object, oldObject, ['metadata']) && isSame(metadata, metadataOf(oldObject), WITH_FINALIZERS);
}

function metadataOf(object: Record<string, unknown>): Record<string, unknown> {
  return (object['metadata'] ?? {}) as Record<string, unknown>;
}

function isSame(one: Record<string, unknown>, other: Record<string, unknown>, ignored: readonly string[]): boolean {
  const without = (object: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).filter(([key]) => !ignored.includes(key)));
  return isDeepStrictEqual(without(one), without(other));
}
