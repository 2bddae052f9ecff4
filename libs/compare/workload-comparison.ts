import { type KubernetesObject } from '#isolation';
import { FIELD_MANAGER, type LiveObject, type ManagedFields } from '#kube';
import { parseQuantity } from '#plans';

type Json = Record<string, unknown>;

/** A tree of `f:<member>`, `k:<key members>` and `v:<value>` (meta/v1 FieldsV1); no children means owned as a whole. */
type FieldSet = Json;

/** Members that identify an object, and its metadata, of which only a part is compared. */
const notFields = new Set(['apiVersion', 'kind', 'metadata']);

/** One writer of an object, with the API version that it used. */
type Writer = ManagedFields & { apiVersion?: string };

/**
 * Reports whether a workload is as it was applied. The API server completes workloads with dozens of defaults, and
 * others (an autoscaler, a mesh) add to them, so only the fields that Bulkhead applied must match.
 *
 * The API server records them itself: `managedFields` lists the fields of Bulkhead's last apply, and a field leaves
 * that list when another client changes or removes it. It also shows which lists are merged by which members, and which
 * are one value. Values are compared, too, because a client that applies under Bulkhead's name would not show up in the
 * list; there, values that the API server stores in another form than it received ("1000m" and "1", an empty string
 * that it drops) are equal.
 *
 * Only meaningful for an object that was last applied in this very form, by the hash in the inventory.
 */
export function isAsApplied(rendered: KubernetesObject, live: LiveObject): boolean {
  const owned = appliedFields(live, rendered.apiVersion);
  if (owned === undefined) return false;
  const { labels, annotations } = rendered.metadata;
  const members = Object.entries(rendered).filter(([key]) => !notFields.has(key));
  return covers({ ...Object.fromEntries(members), metadata: { labels, annotations } }, live, owned);
}

/** Reports whether Bulkhead applied the object, as opposed to a client that copied its labels. */
export function wasApplied(live: LiveObject): boolean {
  return managedFieldsOf(live).some(isOurs);
}

function appliedFields(live: LiveObject, apiVersion: string): FieldSet | undefined {
  return managedFieldsOf(live).find((entry) => isOurs(entry) && entry.apiVersion === apiVersion)?.fieldsV1;
}

function managedFieldsOf({ metadata }: LiveObject): Writer[] {
  return metadata.managedFields ?? [];
}

function isOurs({ manager, operation, subresource = '' }: Writer): boolean {
  return manager === FIELD_MANAGER && operation === 'Apply' && subresource === '';
}

/** Reports whether all of a rendered value is owned, and present. */
function covers(rendered: unknown, live: unknown, owned: unknown): boolean {
  if (rendered === undefined) return true;
  if (!isMap(owned)) return false;
  const isWhole = Object.keys(owned).every((key) => key === '.');
  if (isWhole || typeof rendered !== 'object' || rendered === null) return same(rendered, live);
  if (Array.isArray(rendered)) return rendered.every((item) => coversItem(item, live, owned));
  return Object.entries(rendered).every(([key, value]) => covers(value, memberOf(live, key), owned[`f:${key}`]));
}

/** The same for an item of a merged list: merged by some of its members, or by its value. */
function coversItem(item: unknown, live: unknown, owned: FieldSet): boolean {
  const items: unknown[] = Array.isArray(live) ? live : [];
  if (!isMap(item)) return `v:${JSON.stringify(item)}` in owned && items.includes(item);
  return Object.entries(owned).some(([key, ofItem]) => {
    if (!key.startsWith('k:')) return false;
    const names = JSON.parse(key.slice(2)) as Json;
    // A key member that was not rendered has its default, e.g. the protocol of a port.
    const isThis = Object.entries(names).every(([name, value]) => !(name in item) || item[name] === value);
    if (!isThis) return false;
    const found = items.find((other) =>
      Object.entries(names).every(([name, value]) => memberOf(other, name) === value),
    );
    return found !== undefined && covers(item, found, ofItem);
  });
}

/**
 * Reports whether two values are equal for the API server. Inside a value that is one whole it adds defaults to maps.
 */
function same(rendered: unknown, live: unknown): boolean {
  if (rendered === live || (isZero(rendered) && isZero(live))) return true;
  if (Array.isArray(rendered)) {
    const items: unknown[] = Array.isArray(live) ? live : [];
    return rendered.length === items.length && rendered.every((item, index) => same(item, items[index]));
  }
  if (isMap(rendered)) return Object.entries(rendered).every(([key, value]) => same(value, memberOf(live, key)));
  const amount = amountOf(rendered);
  return amount !== null && amount === amountOf(live);
}

/** Reports whether the API server drops the value, or treats it as absent. */
function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.values(value).every(isZero);
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

/** The value of a Kubernetes quantity, in a manifest a string or a number; null if it is none. */
function amountOf(value: unknown): bigint | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  try {
    return parseQuantity(String(value));
  } catch {
    return null;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return isMap(value) ? value[key] : undefined;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
