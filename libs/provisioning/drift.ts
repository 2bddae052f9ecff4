import { type KubernetesObject } from '#isolation';
import { FIELD_MANAGER, type LiveObject } from '#kube';
import { type DriftedField } from '#tenancy';

import { fieldDifferences } from './field-differences.js';
import { type ManagedFieldsEntry, managerOf } from './field-managers.js';

/** Fields of one object that are reported; an object that differs in more is a different object altogether. */
const MOST_FIELDS = 100;
/** A reported value is for people; longer ones are cut. */
const LONGEST_VALUE = 2_000;

const REDACTED = '(not shown)';

/**
 * In which fields a live object differs from the rendered one, and who set them: what `compare` would put right, field
 * by field. Values of Secrets are left out.
 */
export function driftOf(rendered: KubernetesObject, live: LiveObject): DriftedField[] {
  const shown = rendered.kind === 'Secret' ? redact : presentable;
  return fieldDifferences(rendered, live)
    .slice(0, MOST_FIELDS)
    .map(({ path, wanted, found }) => ({
      path: pointerOf(path),
      wanted: shown(wanted),
      found: shown(found),
      manager: managerOf(managedFieldsOf(live), path, live, FIELD_MANAGER),
    }));
}

/** What the API server wrote down about who set which fields of an object. */
export function managedFieldsOf({ metadata }: LiveObject): readonly ManagedFieldsEntry[] {
  return (metadata as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? [];
}

/** JSON Pointer (RFC 6901, section 3). */
export function pointerOf(path: readonly string[]): string {
  return path.map((member) => `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A value as it is reported: null for nothing, cut when it is very long. */
export function presentable(value: unknown): unknown {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? value : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function redact(value: unknown): unknown {
  return value === undefined ? null : REDACTED;
}
