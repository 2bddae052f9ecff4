import { isMap } from '#compare';
import { type ManagedFields } from '#kube';

/** The last writer of a field, as recorded by the API server. */
export interface FieldManager {
  /** Such as `kubectl-edit`. */
  name: string;
  operation: 'Apply' | 'Update';
  /** ISO 8601; null if the API server did not record it. */
  time: string | null;
}

/**
 * Finds the owner of a field. A manager owns the members that its set names, everything below a member that the set
 * names as a whole, and, in part, a member that contains something it owns. The nearest owner counts; of several
 * equally near ones, one other than `own`, and of those the latest.
 *
 * Reads FieldsV1 (structured-merge-diff, `fieldpath`): `f:<member>`, `k:<keys of a list member as JSON>`,
 * `v:<value of a set>`, `i:<index>`, and `.` for the member itself.
 * @param path members, and for lists the index
 * @param object turns an index into the keys or the value at that place
 * @param own the manager that counts only if there is no other
 * @returns null if no owner is known, as for a field that was removed
 */
export function managerOf(
  entries: readonly ManagedFields[],
  path: readonly string[],
  object: unknown,
  own: string,
): FieldManager | null {
  const owners = entries
    .map((entry) => ({ entry, depth: depthOf(entry.fieldsV1, path, object) }))
    .filter(({ entry, depth }) => depth > 0 && entry.manager !== undefined)
    .sort(
      (a, b) =>
        b.depth - a.depth ||
        Number(a.entry.manager === own) - Number(b.entry.manager === own) ||
        (b.entry.time ?? '').localeCompare(a.entry.time ?? ''),
    );
  const [nearest] = owners;
  return nearest === undefined ? null : asManager(nearest.entry);
}

/** The last writer of any part of an object; null if the API server did not record it. */
export function lastWriter(entries: readonly ManagedFields[]): FieldManager | null {
  const writers = entries.filter(({ manager, subresource }) => manager !== undefined && subresource === undefined);
  const [latest] = writers.sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
  return latest === undefined ? null : asManager(latest);
}

function asManager({ manager = '', operation, time }: ManagedFields): FieldManager {
  return { name: manager, operation: operation === 'Apply' ? 'Apply' : 'Update', time: time ?? null };
}

/**
 * How far a set reaches into the path: the number of its members that the set names; 0 if it owns neither the field,
 * nor a parent as a whole, nor anything inside.
 */
function depthOf(fields: unknown, path: readonly string[], object: unknown): number {
  let set = fields;
  let value = object;
  for (const [depth, member] of path.entries()) {
    if (!isMap(set)) return 0;
    // A set without members is a leaf: the field with everything in it.
    if (depth > 0 && Object.keys(set).length === 0) return depth;
    const key = Object.keys(set).find((candidate) => names(candidate, member, value));
    if (key === undefined) return 0;
    set = set[key];
    value = memberOf(value, member);
  }
  return path.length;
}

/** Reports whether an element of FieldsV1 is this member of the value. */
function names(element: string, member: string, value: unknown): boolean {
  const text = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'f:':
      return !Array.isArray(value) && text === member;
    case 'i:':
      return Array.isArray(value) && text === member;
    case 'k:':
      return Array.isArray(value) && isPartOf(parse(text), memberOf(value, member));
    case 'v:':
      return Array.isArray(value) && parse(text) === memberOf(value, member);
    default:
      return false;
  }
}

function isPartOf(keys: unknown, item: unknown): boolean {
  return isMap(keys) && isMap(item) && Object.entries(keys).every(([key, value]) => item[key] === value);
}

function memberOf(value: unknown, member: string): unknown {
  if (Array.isArray(value)) return (value as unknown[])[Number(member)];
  return isMap(value) ? value[member] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
