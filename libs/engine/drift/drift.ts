import { fieldDifferences } from '#compare';
import { type KubernetesObject } from '#isolation';
import { FIELD_MANAGER, type LiveObject } from '#kube';
import { cutText } from '#persistence';
import { type DriftedField } from '#tenancy';

import { lastWriter, managerOf } from './field-managers.js';

/** Fields of one object that are reported; an object with more differences is a different object altogether. */
const MOST_FIELDS = 100;
/** Characters of a reported value; longer values are cut. */
const LONGEST_VALUE = 2_000;

const REDACTED = '(not shown)';

/**
 * Lists the fields in which a live object differs from the rendered one (all that `compare` would repair), and who set
 * them. Values of Secrets are left out.
 */
export function driftOf(rendered: KubernetesObject, live: LiveObject): DriftedField[] {
  const shown = shownOf(rendered.kind);
  return fieldDifferences(rendered, live)
    .slice(0, MOST_FIELDS)
    .map(({ path, wanted, found }) => ({
      path: pointerOf(path),
      wanted: shown(wanted),
      found: shown(found),
      manager: managerOf(live.metadata.managedFields ?? [], path, live, FIELD_MANAGER),
    }));
}

/** The whole content of an object that should not exist, as one difference at the root. */
export function unexpectedDrift(live: LiveObject): DriftedField[] {
  const notContent = new Set(['apiVersion', 'kind', 'metadata', 'status']);
  const content = Object.fromEntries(Object.entries(live).filter(([key]) => !notContent.has(key)));
  const manager = lastWriter(live.metadata.managedFields ?? []);
  return [{ path: '', wanted: null, found: shownOf(live.kind)(content), manager }];
}

/** Returns how values of this kind of object are shown. */
export function shownOf(kind: string): (value: unknown) => unknown {
  return kind === 'Secret' ? redact : presentable;
}

/** JSON Pointer (RFC 6901, section 3). */
export function pointerOf(path: readonly string[]): string {
  return path.map((member) => `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A value as it is reported: null for undefined, cut if it is long. */
function presentable(value: unknown): unknown {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? value : `${cutText(text, LONGEST_VALUE)}… (${text.length} characters)`;
}

function redact(value: unknown): unknown {
  return value === undefined ? null : REDACTED;
}
