import { hash } from 'node:crypto';

/** One writer of an object, as the API server keeps it (KEP-555). */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: Record<string, unknown>;
}

/** The metadata that every object has in the cluster. */
export interface LiveMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid: string;
  /** RFC 3339. */
  creationTimestamp?: string;
  resourceVersion: string;
  generation?: number;
  deletionTimestamp?: string;
  finalizers?: string[];
  managedFields?: ManagedFields[];
}

/** Kinds without a generation whose status is written all the time, by the quota controller for one. */
const statusInSameVersion = new Set(['Namespace', 'ResourceQuota']);

/**
 * A short text that changes whenever somebody changes an object in anything but its status. It is made of metadata
 * alone, so that a watch of metadata is enough to know whether an object still is as it was last seen.
 *
 * The generation counts changes of the spec where a kind has one. Where it has none, the resource version does, but
 * for kinds that have a status: there the record of who wrote what, and when, is looked at without the status'.
 */
export function fingerprintOf(kind: string, metadata: LiveMetadata): string {
  const { generation, labels, annotations, managedFields = [], resourceVersion, deletionTimestamp } = metadata;
  const ending = deletionTimestamp === undefined ? '' : '!';
  if (generation !== undefined) return `g${generation}.${digest([labels, annotations])}${ending}`;
  if (!statusInSameVersion.has(kind)) return `v${resourceVersion}${ending}`;
  const writers = managedFields.filter(({ subresource }) => subresource !== 'status');
  return `m${digest([labels, annotations, writers])}${ending}`;
}

function digest(value: unknown): string {
  return hash('sha1', JSON.stringify(value), 'base64url').slice(0, 16);
}
