import { type KubernetesObject } from '#isolation';
import { expect, test } from 'vitest';

import { type Repair } from '../observe/examine.js';
import { givesAccess, opens, wavesOf } from './waves.js';

const repair = (kind: string, spec: object = {}): Repair => ({
  object: objectOf(kind, spec),
  write: 'create',
  removal: null,
  live: null,
});
const objectOf = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: kind },
  spec,
});

test('namespaces come first, then what restricts, then access, and workloads last', () => {
  const kinds = [
    'Job',
    'Service',
    'RoleBinding',
    'NetworkPolicy',
    'Namespace',
    'ResourceQuota',
    'LimitRange',
    'ServiceAccount',
  ];
  const access = {
    ...repair('ResourceQuota'),
    object: { ...objectOf('ResourceQuota', {}), metadata: { name: 'tenant-quota-access' } },
  };
  const waves = wavesOf([access, ...kinds.map((kind) => repair(kind))]).map((wave) =>
    wave.map(({ object }) => object.kind),
  );
  expect(waves).toEqual([
    ['Namespace'],
    ['NetworkPolicy', 'LimitRange', 'ServiceAccount', 'ResourceQuota'],
    ['RoleBinding', 'ResourceQuota'],
    ['Service'],
    ['Job'],
  ]);
});

test('the quota that counts objects is sent last; one with a scope counts none', () => {
  const waves = wavesOf([repair('ResourceQuota'), repair('ResourceQuota', { scopeSelector: {} })]);
  expect(waves.map((wave) => wave.map(({ object }) => object['spec']))).toEqual([[{ scopeSelector: {} }, {}]]);
});

test('existing quotas are changed before new ones are created', () => {
  const existing: Repair = { ...repair('ResourceQuota', { existing: true }), write: 'apply' };
  const waves = wavesOf([repair('ResourceQuota'), existing]).map((wave) => wave.map(({ write }) => write));
  expect(waves).toEqual([['apply'], ['create']]);
});

test('the access quota is changed before the objects it counts, and created after them', () => {
  const quota = { ...objectOf('ResourceQuota', {}), metadata: { name: 'tenant-quota-access' } };
  const wavesWith = (write: Repair['write']): string[][] =>
    wavesOf([repair('NetworkPolicy'), { ...repair('ResourceQuota'), object: quota, write }]).map((wave) =>
      wave.map(({ object }) => object.kind),
    );
  expect(wavesWith('apply')).toEqual([['ResourceQuota'], ['NetworkPolicy']]);
  expect(wavesWith('create')).toEqual([['NetworkPolicy'], ['ResourceQuota']]);
});

test('only role bindings give access', () => {
  expect(['RoleBinding', 'Namespace', 'NetworkPolicy', 'ServiceAccount'].filter(givesAccess)).toEqual(['RoleBinding']);
});

test('opening policies are removed first, unless they are all that isolates', () => {
  const named = (kind: string, namespace: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: kind, namespace },
  });
  const repaired = { ...repair('NetworkPolicy'), object: named('NetworkPolicy', 'tn-broken') };
  const opening = opens([repaired]);
  expect(opening(named('RoleBinding', 'tn-broken'))).toBe(true);
  expect(opening(named('NetworkPolicy', 'tn-whole'))).toBe(true);
  expect(opening(named('NetworkPolicy', 'tn-broken'))).toBe(false);
  expect(opening(named('ServiceAccount', 'tn-whole'))).toBe(false);
});
