import { hash } from 'node:crypto';

import { hasStatusInVersion } from './resources.js';

/** One writer of an object, as the API server records it (KEP-555). */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: Record<string, unknown>;
}

/** The metadata of every object in the cluster. */
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

/**
 * Returns a short text that changes whenever anything but the status of an object changes. It depends on metadata only,
 * so a metadata watch is enough to know whether an object is still as it was last seen.
 *
 * The generation counts changes of the spec if a kind has one. Otherwise the resource version is used, except for kinds
 * that have a status, which is written constantly, for example by the quota controller: for those the records of who wrote what, and when, are used without those of the status.
 */
export function fingerprintOf(kind: string, metadata: LiveMetadata): string {
  const { generation, labels, annotations, managedFields = [], resourceVersion, deletionTimestamp } = metadata;
  const ending = deletionTimestamp === undefined ? '' : '!';
  if (generation !== undefined) return `g${generation}.${digest([labels, annotations])}${ending}`;
  if (!hasStatusInVersion(kind)) return `v${resourceVersion}${ending}`;
  const writers = managedFields.filter(({ subresource }) => subresource !== 'status');
  return `m${digest([labels, annotations, writers])}${ending}`;
}

function digest(value: unknown): string {
  return hash('sha1', JSON.stringify(value), 'base64url').slice(0, 16);
}
