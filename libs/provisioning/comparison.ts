import { isDeepStrictEqual } from 'node:util';

import { type KubernetesObject } from '#isolation';
import { FIELD_MANAGER, isWorkloadKind, type LiveObject } from '#kube';

import { standsAsApplied } from './workload-comparison.js';

type Json = Record<string, unknown>;

/** What a live object lacks, and what it has that it must not have. */
export interface Comparison {
  /** Whether everything rendered is there; if not, the object has to be applied. */
  complete: boolean;
  /**
   * A merge patch (RFC 7396) that removes what somebody added, e.g. `{"spec":{"egress":null}}`; null when there is
   * nothing to remove. A server-side apply leaves fields of other managers alone, so it cannot do this.
   */
  removal: Json | null;
}

/** Kinds that the cluster and its controllers complete: what they have beyond the rendered object is not drift. */
const completedByOthers = new Set(['Namespace', 'ServiceAccount']);
/** Never part of what is wanted. */
const notWanted = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Compares a rendered object with the live one. Labels and annotations may be added by others. Everything else of
 * an object that restricts or gives access must be as rendered: one more egress rule, one more selector label or
 * one more subject opens what was closed.
 */
export function compare(rendered: KubernetesObject, live: LiveObject): Comparison {
  if (isWorkloadKind(rendered.kind)) return { complete: standsAsApplied(rendered, live), removal: null };
  const { metadata, ...wanted } = rendered;
  const complete = contains(wanted, live) && contains({ ...metadata }, live.metadata);
  const added = completedByOthers.has(rendered.kind) ? null : additions(wanted, { ...live }, notWanted);
  const outgrown = outgrownMetadata(rendered, live);
  return { complete, removal: added === null && outgrown === null ? null : { ...added, ...outgrown } };
}

/**
 * A merge patch that removes the labels and annotations which Bulkhead itself once wrote and no longer renders. An
 * apply does not remove what a plain create wrote (its fields are those of an update, not of an apply), so what the
 * record of writers says belongs to Bulkhead is looked at.
 */
function outgrownMetadata({ metadata }: KubernetesObject, live: LiveObject): Json | null {
  const own = (live.metadata.managedFields ?? []).filter(({ manager }) => manager === FIELD_MANAGER);
  const patch: Json = {};
  for (const map of ['labels', 'annotations'] as const) {
    const written = own.flatMap(({ fieldsV1 }) => {
      const fields = (fieldsV1?.['f:metadata'] as Record<string, object> | undefined)?.[`f:${map}`] ?? {};
      return Object.keys(fields).filter((key) => key.startsWith('f:'));
    });
    const gone = written.map((key) => key.slice(2)).filter((key) => !(key in (metadata[map] ?? {})));
    if (gone.length > 0) patch[map] = Object.fromEntries(gone.map((key) => [key, null]));
  }
  return Object.keys(patch).length === 0 ? null : { metadata: patch };
}

/**
 * Whether everything rendered is there. Lists must be equal to the last member, because those that Bulkhead renders
 * are atomic in the API, and because an empty selector in a peer means "all". A member of a map that is rendered
 * empty may be absent, as the API server leaves it out.
 */
function contains(rendered: unknown, live: unknown): boolean {
  if (isEmpty(rendered)) return isEmpty(live) || isMap(live);
  if (!isMap(rendered)) return isDeepStrictEqual(rendered, live);
  return isMap(live) && Object.entries(rendered).every(([key, value]) => contains(value, live[key]));
}

/** A merge patch that removes every member of a live map that was not rendered; null when there is none. */
function additions(rendered: unknown, live: Json, ignored: ReadonlySet<string> = new Set()): Json | null {
  const wanted = isMap(rendered) ? rendered : {};
  const patch: Json = {};
  for (const [key, value] of Object.entries(live)) {
    if (ignored.has(key) || isEmpty(value)) continue;
    if (key in wanted && isMap(value)) {
      const inner = additions(wanted[key], value);
      if (inner !== null) patch[key] = inner;
    } else if (isEmpty(wanted[key])) {
      patch[key] = null;
    }
  }
  return Object.keys(patch).length === 0 ? null : patch;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
