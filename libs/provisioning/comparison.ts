import { type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';

import { type FieldDifference, fieldDifferences } from './field-differences.js';

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

/** Compares a rendered object with the live one: what `fieldDifferences` finds, as what has to be done about it. */
export function compare(rendered: KubernetesObject, live: LiveObject | undefined): Comparison {
  if (live === undefined) return { complete: false, removal: null };
  const differences = fieldDifferences(rendered, live);
  const added = differences.filter(({ remedy }) => remedy !== 'apply');
  return {
    complete: differences.every(({ remedy }) => remedy === 'remove'),
    removal: added.length === 0 ? null : removalOf(added),
  };
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
