import { type KubernetesObject } from '#isolation';
import { expect, test } from 'vitest';

import { givesAccess, wavesOf } from './waves.js';

const object = (kind: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: kind },
  spec,
});

test('namespaces come first, then what restricts, and access last', () => {
  const kinds = ['RoleBinding', 'NetworkPolicy', 'Namespace', 'LimitRange', 'ServiceAccount', 'ResourceQuota'];
  const waves = wavesOf(kinds.map((kind) => object(kind))).map((wave) => wave.map(({ kind }) => kind));
  expect(waves).toEqual([
    ['Namespace'],
    ['NetworkPolicy', 'LimitRange', 'ServiceAccount'],
    ['ResourceQuota'],
    ['RoleBinding'],
  ]);
});

test('a quota with a scope counts no objects and need not wait', () => {
  const waves = wavesOf([object('ResourceQuota', { scopeSelector: {} }), object('ResourceQuota')]);
  expect(waves.map((wave) => wave.map(({ ['spec']: spec }) => spec))).toEqual([[{ scopeSelector: {} }], [{}]]);
});

test('only role bindings give access', () => {
  expect(['RoleBinding', 'Namespace', 'NetworkPolicy', 'ServiceAccount'].filter(givesAccess)).toEqual(['RoleBinding']);
});
