import { expect, test } from 'vitest';

import { changesBetween, withoutFields } from './object-changes.js';

const before = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'a', labels: { x: '1' }, resourceVersion: '1', uid: 'u', managedFields: [] },
  spec: { hard: { pods: '1', 'count/jobs.batch': '2' } },
  status: { used: { pods: '1' } },
};

test('bookkeeping of the API server is no change', () => {
  const metadata = { ...before.metadata, resourceVersion: '2', managedFields: [{}] };
  expect(changesBetween(before, { ...before, metadata, status: {} } as typeof before)).toEqual([]);
});

test('fields are listed one by one, lists and new empty maps as a whole', () => {
  const after = { ...before, spec: { hard: { pods: '3' }, scopes: ['A'], selector: {} } };
  expect(changesBetween(before, after)).toEqual([
    { path: '/spec/hard/count~1jobs.batch', before: '2', after: null },
    { path: '/spec/hard/pods', before: '1', after: '3' },
    { path: '/spec/scopes', before: null, after: ['A'] },
    { path: '/spec/selector', before: null, after: {} },
  ]);
});

test('a created or deleted object lists all its fields', () => {
  const created = changesBetween(null, before);
  expect(created.map(({ path }) => path)).toEqual([
    '/metadata/labels/x',
    '/metadata/name',
    '/spec/hard/count~1jobs.batch',
    '/spec/hard/pods',
  ]);
  expect(changesBetween(before, null)).toEqual(
    created.map(({ path, after }) => ({ path, before: after, after: null })),
  );
});

test('values of Secrets are hidden', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { key: 'aHVudGVy' } };
  expect(JSON.stringify(changesBetween(null, secret))).not.toContain('aHVudGVy');
});

test('a removal removes the fields it names and nothing else', () => {
  const removal = { spec: { hard: { pods: null }, absent: { member: null } }, metadata: { labels: null } };
  const after = withoutFields(before, removal);
  expect(after.spec).toEqual({ hard: { 'count/jobs.batch': '2' } });
  expect(after.metadata).not.toHaveProperty('labels');
  expect(before.spec.hard.pods).toBe('1');
});
