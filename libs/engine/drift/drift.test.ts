import { type LiveObject } from '#kube';
import { expect, test } from 'vitest';

import { driftOf } from './drift.js';

const metadata = { name: 'a', namespace: 'tn-a', labels: { 'bulkhead.io/tenant-id': 't' } };
const secret = { apiVersion: 'v1', kind: 'Secret', metadata, data: { password: 'aHVudGVyMg==' } };
const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '1' } } };

function live(object: object, change: object): LiveObject {
  return { ...object, metadata: { ...metadata, uid: 'u', resourceVersion: '1' }, ...change } as unknown as LiveObject;
}

test('an object as rendered has no drift', () => {
  expect(driftOf(quota, live(quota, { status: { used: { pods: '0' } } }))).toEqual([]);
});

test('fields are named by JSON Pointer, with null for absent values', () => {
  const found = live(quota, { spec: { hard: { 'count/jobs.batch': '5' }, scopes: ['BestEffort'] } });
  expect(driftOf(quota, found)).toEqual([
    { path: '/spec/hard/pods', wanted: '1', found: null, manager: null },
    { path: '/spec/hard/count~1jobs.batch', wanted: null, found: '5', manager: null },
    { path: '/spec/scopes', wanted: null, found: ['BestEffort'], manager: null },
  ]);
});

test('drift of a Secret names its fields, and never shows values', () => {
  const text = JSON.stringify(driftOf(secret, live(secret, { data: { password: 'c2VjcmV0', more: 'bW9yZQ==' } })));
  expect(text).toContain('/data/password');
  expect(text).toContain('/data/more');
  expect(text).not.toMatch(/aHVudGVyMg|c2VjcmV0|bW9yZQ/);
});

test('long values and long lists of fields are cut', () => {
  const long = driftOf(quota, live(quota, { spec: { hard: { pods: 'x'.repeat(5_000) } } }));
  expect(JSON.stringify(long).length).toBeLessThan(2_500);
  const hard = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`r${index}`, '1']));
  expect(driftOf(quota, live(quota, { spec: { hard } }))).toHaveLength(100);
});
