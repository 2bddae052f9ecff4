import { isDeepStrictEqual } from 'node:util';

import { type KubernetesObject } from '#isolation';
import { isCompletedByOthers, type LiveObject } from '#kube';

type Json = Record<string, unknown>;

/** One place where a live object differs from the rendered one. */
export interface FieldDifference {
  /** The members on the path to it. */
  path: readonly string[];
  /** Undefined: nothing was rendered here. */
  wanted: unknown;
  /** Undefined: the live object has nothing here. */
  found: unknown;
  /** The repair: an apply, or the removal of the field. An apply keeps fields that others added. */
  remedy: 'apply' | 'remove' | 'both';
}

/** Never part of the comparison. */
const notCompared = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Lists all differences of a live object from the rendered one, in the order of rendering. Others can add labels and
 * annotations. Everything else of an object that restricts or gives access must be as rendered: one more egress rule,
 * one more selector label or one more subject opens something.
 */
export function fieldDifferences(rendered: KubernetesObject, live: LiveObject): FieldDifference[] {
  const { metadata, ...wanted } = rendered;
  const strict = !isCompletedByOthers(rendered.kind);
  const found = Object.fromEntries(Object.entries(live).filter(([key]) => key in wanted || !notCompared.has(key)));
  return [...walk({ ...metadata }, live.metadata, ['metadata'], false), ...walk(wanted, found, [], strict)];
}

/**
 * Lists must be equal to the last member, because those that Bulkhead renders are atomic in the API, and because an
 * empty selector in a peer means "all". A member of a map that is rendered empty can be absent, because the API server
 * drops it.
 * @param strict whether members that were not rendered are differences
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

/** Reports whether the value is a JSON object. */
export function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reports whether the value is absent, null, or has no members. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
