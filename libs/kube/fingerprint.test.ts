import { describe, expect, test } from 'vitest';

import { fingerprintOf, type LiveMetadata } from './fingerprint.js';

const metadata: LiveMetadata = {
  name: 'tenant-quota',
  namespace: 'tn-acme',
  uid: 'u1',
  resourceVersion: '10',
  labels: { a: '1' },
  managedFields: [
    { manager: 'bulkhead', operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
  ],
};
const status = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  subresource: 'status',
  time: 't',
  fieldsV1: {},
};

describe('a kind whose status is written constantly', () => {
  const before = fingerprintOf('ResourceQuota', metadata);

  test('keeps its fingerprint when only the status was written', () => {
    const managedFields = [...(metadata.managedFields ?? []), status];
    expect(fingerprintOf('ResourceQuota', { ...metadata, resourceVersion: '11', managedFields })).toBe(before);
  });

  test.for<[string, Partial<LiveMetadata>]>([
    ['another label', { labels: { a: '2' } }],
    ['an annotation', { annotations: { b: '1' } }],
    [
      'another writer',
      { managedFields: [...(metadata.managedFields ?? []), { manager: 'kubectl', operation: 'Update' }] },
    ],
    ['the same writer, later', { managedFields: [{ ...metadata.managedFields?.[0], time: '2026-01-01T00:00:01Z' }] }],
    ['a request to delete it', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ])('changes it with %s', ([, change]) => {
    expect(fingerprintOf('ResourceQuota', { ...metadata, ...change })).not.toBe(before);
  });
});

test('a kind with a generation is identified by it and its labels', () => {
  const policy = { ...metadata, generation: 1 };
  const before = fingerprintOf('NetworkPolicy', policy);
  expect(fingerprintOf('NetworkPolicy', { ...policy, resourceVersion: '11', managedFields: [] })).toBe(before);
  expect(fingerprintOf('NetworkPolicy', { ...policy, generation: 2 })).not.toBe(before);
  expect(fingerprintOf('NetworkPolicy', { ...policy, labels: {} })).not.toBe(before);
});

test('any other kind is identified by its resource version', () => {
  expect(fingerprintOf('RoleBinding', metadata)).toBe(fingerprintOf('RoleBinding', { ...metadata, labels: {} }));
  expect(fingerprintOf('RoleBinding', { ...metadata, resourceVersion: '11' })).not.toBe(
    fingerprintOf('RoleBinding', metadata),
  );
});
