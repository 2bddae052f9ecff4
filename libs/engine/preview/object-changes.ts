import { isDeepStrictEqual } from 'node:util';

import { isMap } from '#compare';
import { type KubernetesObject } from '#isolation';
import { type FieldChange } from '#tenancy';

import { pointerOf, shownOf } from '../drift/drift.js';

/** Fields of one object that a preview lists. */
const MOST_FIELDS = 200;
/** Metadata maintained by the API server, which changes with every write. */
const bookkeeping = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink']);

type AnyObject = Pick<KubernetesObject, 'kind' | 'metadata'>;

/**
 * Lists the differences between an object now and after a change, field by field; a list is one value. Ignores the
 * status and metadata maintained by the API server, and hides values of Secrets.
 * @param before null: it does not exist
 * @param after null: it would be deleted
 */
export function changesBetween(before: AnyObject | null, after: AnyObject | null): FieldChange[] {
  const shown = shownOf((before ?? after)?.kind ?? '');
  return walk(contentOf(before), contentOf(after), [])
    .slice(0, MOST_FIELDS)
    .map(({ path, before: old, after: next }) => ({ path: pointerOf(path), before: shown(old), after: shown(next) }));
}

/** Applies a merge patch (RFC 7396) whose leaves are null. */
export function withoutFields<T extends object>(object: T, removal: object): T {
  const result = { ...object } as Record<string, unknown>;
  for (const [key, value] of Object.entries(removal) as [string, unknown][]) {
    const member = result[key];
    if (isMap(value) && isMap(member)) result[key] = withoutFields(member, value);
    else Reflect.deleteProperty(result, key);
  }
  return result as T;
}

function contentOf(object: AnyObject | null): unknown {
  if (object === null) return undefined;
  const entries = Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'status'].includes(key));
  const metadata = Object.entries(object.metadata).filter(([key]) => !bookkeeping.has(key));
  return { ...Object.fromEntries(entries), metadata: Object.fromEntries(metadata) };
}

interface Change {
  path: string[];
  before: unknown;
  after: unknown;
}

function walk(before: unknown, after: unknown, path: string[]): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, next] = [before ?? {}, after ?? {}];
  if (!isMap(old) || !isMap(next) || (before === undefined && after === undefined)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  // An empty map has a meaning of its own, such as "all pods".
  if (keys.length === 0) return [{ path, before, after }];
  return keys.flatMap((key) => walk(old[key], next[key], [...path, key]));
}
