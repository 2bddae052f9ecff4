import { type KubernetesObject, NAMESPACE_NAME_LABEL } from '#isolation';
import { FIELD_MANAGER, isWorkloadKind, type LiveObject } from '#kube';

import { type FieldDifference, fieldDifferences, isMap } from './field-differences.js';
import { isAsApplied } from './workload-comparison.js';

type Json = Record<string, unknown>;

/** The result of comparing a rendered object with the live one. */
export interface Comparison {
  /** True if the object has everything that is rendered; otherwise it has to be applied. */
  complete: boolean;
  /**
   * A merge patch (RFC 7396) that removes fields added by others, e.g. `{"spec":{"egress":null}}`; null if there are
   * none. A server-side apply cannot do this, because it keeps fields of other managers.
   */
  removal: Json | null;
}

/** Compares a rendered object with the live one: turns the result of `fieldDifferences` into the writes it demands. */
export function compare(rendered: KubernetesObject, live: LiveObject): Comparison {
  if (isWorkloadKind(rendered.kind)) return { complete: isAsApplied(rendered, live), removal: null };
  const differences = fieldDifferences(rendered, live);
  const added = differences.filter(({ remedy }) => remedy !== 'apply');
  const outgrown = outgrownMetadata(rendered, live);
  return {
    complete: differences.every(({ remedy }) => remedy === 'remove'),
    removal: added.length === 0 && outgrown === null ? null : { ...removalOf(added), ...outgrown },
  };
}

/**
 * Returns the merge patch (RFC 7396) that sets everything rendered, and in the same write removes what others added.
 * @param removal that of a comparison, or null
 */
export function changeOf(rendered: KubernetesObject, removal: Json | null): Json {
  return withRemoval({ ...rendered }, removal ?? {});
}

/** What is rendered is kept where both say something: a rendered list or value replaces what was there. */
function withRemoval(rendered: Json, removal: Json): Json {
  const patch = { ...rendered };
  for (const [key, removed] of Object.entries(removal)) {
    const kept = patch[key];
    if (isMap(removed) && isMap(kept)) patch[key] = withRemoval(kept, removed);
    else if (kept === undefined) patch[key] = removed;
  }
  return patch;
}

/**
 * A merge patch that removes labels and annotations that Bulkhead itself wrote and no longer renders. An apply does not
 * remove fields written by a plain create (they belong to an update, not to an apply), so they are found by the
 * recorded field managers. The name label that the API server adds to a Namespace is recorded as its creator's.
 */
function outgrownMetadata({ metadata }: KubernetesObject, live: LiveObject): Json | null {
  const own = (live.metadata.managedFields ?? []).filter(({ manager }) => manager === FIELD_MANAGER);
  const patch: Json = {};
  for (const map of ['labels', 'annotations'] as const) {
    const written = own.flatMap(({ fieldsV1 }) => {
      const fields = (fieldsV1?.['f:metadata'] as Record<string, object> | undefined)?.[`f:${map}`] ?? {};
      return Object.keys(fields).filter((key) => key.startsWith('f:'));
    });
    const gone = written
      .map((key) => key.slice(2))
      .filter((key) => !(key in (metadata[map] ?? {})) && key !== NAMESPACE_NAME_LABEL);
    if (gone.length > 0) patch[map] = Object.fromEntries(gone.map((key) => [key, null]));
  }
  return Object.keys(patch).length === 0 ? null : { metadata: patch };
}

function removalOf(differences: readonly FieldDifference[]): Json {
  const patch: Json = {};
  for (const { path } of differences) {
    let level = patch;
    for (const key of path.slice(0, -1)) level = (level[key] ??= {}) as Json;
    level[path.at(-1) ?? ''] = null;
  }
  return patch;
}
