import { isDeepStrictEqual } from 'node:util';

import { type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';

type Json = Record<string, unknown>;

/** One place at which a live object is not as it was rendered. */
export interface FieldDifference {
  /** The members that lead to it. */
  path: readonly string[];
  /** Undefined: nothing was rendered here. */
  wanted: unknown;
  /** Undefined: nothing stands here. */
  found: unknown;
  /** What puts it right: an apply, or the removal of what stands there. An apply leaves what others have added. */
  remedy: 'apply' | 'remove' | 'both';
}

/** Kinds that the cluster and its controllers complete: what they have beyond the rendered object is not drift. */
const completedByOthers = new Set(['Namespace', 'ServiceAccount']);
/** Never part of what is wanted. */
const notWanted = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Everything in which a live object differs from the rendered one, in the order in which it was rendered. Labels and
 * annotations may be added by others. Everything else of an object that restricts or gives access must be as rendered:
 * one more egress rule, one more selector label or one more subject opens what was closed.
 */
export function fieldDifferences(rendered: KubernetesObject, live: LiveObject): FieldDifference[] {
  const { metadata, ...wanted } = rendered;
  const strict = !completedByOthers.has(rendered.kind);
  const found = Object.fromEntries(Object.entries(live).filter(([key]) => key in wanted || !notWanted.has(key)));
  return [...walk({ ...metadata }, live.metadata, ['metadata'], false), ...walk(wanted, found, [], strict)];
}

/**
 * Lists must be equal to the last member, because those that Bulkhead renders are atomic in the API, and because an
 * empty selector in a peer means "all". A member of a map that is rendered empty may be absent, as the API server
 * leaves it out.
 * @param strict whether members that were not rendered differ.
 */
function walk(wanted: unknown, found: unknown, path: readonly string[], strict: boolean): FieldDifference[] {
  if (isEmpty(wanted) && isEmpty(found)) return [];
  if ((isMap(wanted) || isEmpty(wanted)) && isMap(found)) {
    const rendered = isMap(wanted) ? wanted : {};
    const inside = Object.entries(rendered).flatMap(([key, value]) => walk(value, found[key], [...path, key], strict));
    return strict ? [...inside, ...additions(rendered, found, path)] : inside;
  }
  if (isDeepStrictEqual(wanted, found)) return [];
  return [{ path, wanted, found, remedy: isEmpty(wanted) && strict ? 'both' : 'apply' }];
}

function additions(wanted: Json, found: Json, path: readonly string[]): FieldDifference[] {
  return Object.entries(found)
    .filter(([key, value]) => !(key in wanted) && !isEmpty(value))
    .map(([key, value]) => ({ path: [...path, key], wanted: undefined, found: value, remedy: 'remove' }));
}

/** Whether the value is a JSON object. */
export function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the value says nothing: absent, null, or without members. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
