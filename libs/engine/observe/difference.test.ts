import { type KubernetesObject } from '#isolation';
import { type CachedObject, hashOf, keyOf, nameOf } from '#kube';
import { describe, expect, test } from 'vitest';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { difference, isAsApplied, within } from './difference.js';

const role = (name: string): KubernetesObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace: 'tn-acme' },
});
const entry = (object: KubernetesObject, more: Partial<InventoryEntry> = {}): InventoryEntry => ({
  ...keyOf(object),
  uid: 'u1',
  renderedHash: hashOf(object),
  fingerprint: 'v1',
  ...more,
});
const existing = (object: KubernetesObject, more: Partial<CachedObject> = {}): [string, CachedObject] => [
  nameOf(object),
  { ...keyOf(object), uid: 'u1', fingerprint: 'v1', group: 'tenant', ending: false, ...more },
];
const admin = role('admin');

describe('an object', () => {
  test('that is rendered as it was applied and untouched since is not read', () => {
    const found = difference([admin], [entry(admin)], new Map([existing(admin)]));
    expect(found).toEqual({ suspects: [], unexpected: [], forget: [] });
  });

  test.for<[string, InventoryEntry[], [string, CachedObject][], string]>([
    ['that was never seen is new', [], [], 'new'],
    [
      'that is rendered otherwise now is outgrown',
      [entry(admin, { renderedHash: 'x' })],
      [existing(admin)],
      'outgrown',
    ],
    ['that was deleted is read', [entry(admin)], [], 'touched'],
    ['that was replaced is read', [entry(admin)], [existing(admin, { uid: 'u2' })], 'touched'],
    ['that another client wrote to is read', [entry(admin)], [existing(admin, { fingerprint: 'v2' })], 'touched'],
    ['that a pass made which died is read', [], [existing(admin)], 'touched'],
    ['of which no fingerprint is known is read', [entry(admin, { fingerprint: null })], [existing(admin)], 'touched'],
  ])('%s', ([, inventory, objects, why]) => {
    expect(difference([admin], inventory, new Map(objects)).suspects).toEqual([{ object: admin, why }]);
  });

  test('that is no longer rendered is unexpected, and leaves the inventory', () => {
    const found = difference([], [entry(admin)], new Map([existing(admin)]));
    expect(found).toMatchObject({ suspects: [], unexpected: [{ name: 'admin' }], forget: [{ name: 'admin' }] });
  });
});

test('labelled objects outside of the tenant’s namespaces are not the tenant’s', () => {
  const elsewhere = { ...role('theirs'), metadata: { name: 'theirs', namespace: 'kube-system' } };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tn-other' } };
  const labelled = new Map([existing(admin), existing(elsewhere), existing(namespace)]);
  expect([...within(['tn-acme'], labelled).keys()]).toEqual([nameOf(admin)]);
});

describe('a tenant', () => {
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tn-acme' } };
  const other = role('other');
  const everyKind = (): boolean => true;

  test('is as applied only if every object is, and there are no others', () => {
    const both = [entry(home), entry(admin)];
    expect(isAsApplied(both, new Map([existing(home), existing(admin)]), everyKind)).toBe(true);
    expect(isAsApplied(both, new Map([existing(home), existing(admin), existing(other)]), everyKind)).toBe(false);
    expect(isAsApplied([...both, entry(other)], new Map([existing(home), existing(admin)]), everyKind)).toBe(false);
    const changed = new Map([existing(home), existing(admin, { fingerprint: 'v2' })]);
    expect(isAsApplied([entry(admin)], changed, everyKind)).toBe(false);
  });

  test('is judged only by kinds that are watched', () => {
    const isWatched = ({ kind }: { kind: string }): boolean => kind !== 'RoleBinding';
    const both = [entry(home), entry(admin)];
    expect(isAsApplied(both, new Map([existing(home)]), isWatched)).toBe(true);
    expect(isAsApplied(both, new Map([existing(home), existing(other)]), isWatched)).toBe(true);
    expect(isAsApplied(both, new Map([existing(admin)]), isWatched)).toBe(false);
    // The tenant's namespaces are known even if namespaces are not watched.
    const except = ({ kind }: { kind: string }): boolean => kind !== 'Namespace';
    expect(isAsApplied(both, new Map([existing(admin), existing(other)]), except)).toBe(false);
  });
});
