import { type ManagedFields } from '#kube';
import { describe, expect, test } from 'vitest';

import { managerOf } from './field-managers.js';

const object = {
  metadata: { labels: { a: '1', 'with/slash': 'x' }, finalizers: ['one', 'two'] },
  spec: {
    hard: { pods: '9', cpu: '1' },
    podSelector: { matchLabels: { isolated: 'no' } },
    ports: [
      { port: 53, protocol: 'UDP' },
      { port: 80, protocol: 'TCP' },
    ],
    plain: ['x', 'y'],
  },
};

function entry(manager: string, fieldsV1: unknown, more: ManagedFields = {}): ManagedFields {
  const entry = { manager, operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1, ...more };
  return entry as ManagedFields;
}

const own = entry(
  'bulkhead',
  {
    'f:metadata': { 'f:labels': { '.': {}, 'f:a': {}, 'f:with/slash': {} } },
    'f:spec': {
      'f:hard': { 'f:cpu': {} },
      'f:ports': { 'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} } },
      'f:plain': { 'i:0': {} },
    },
  },
  { operation: 'Apply' },
);
const mallory = entry('mallory', {
  'f:metadata': { 'f:finalizers': { '.': {}, 'v:"two"': {} } },
  'f:spec': {
    'f:hard': { 'f:pods': {} },
    'f:podSelector': {},
    'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
    'f:plain': { 'i:1': {} },
  },
});

const nameOf = (...path: string[]): string | null => managerOf([own, mallory], path, object, 'bulkhead')?.name ?? null;

describe('the owner of a field is found', () => {
  test.for<[string, string[], string | null]>([
    ['by its name', ['spec', 'hard', 'pods'], 'mallory'],
    ['by another name next to its own', ['spec', 'hard', 'cpu'], 'bulkhead'],
    ['with a slash in the name', ['metadata', 'labels', 'with/slash'], 'bulkhead'],
    ['under a map that is owned as a whole', ['spec', 'podSelector', 'matchLabels'], 'mallory'],
    ['in a list by the keys of its members', ['spec', 'ports', '1', 'port'], 'mallory'],
    ['and by those of another member', ['spec', 'ports', '0', 'protocol'], 'bulkhead'],
    ['in a set by its value', ['metadata', 'finalizers', '1'], 'mallory'],
    ['in a list by its index', ['spec', 'plain', '0'], 'bulkhead'],
    ['of a map by what is owned inside, others first', ['spec', 'hard'], 'mallory'],
    ['of a member of a set without an owner: none', ['metadata', 'finalizers', '0'], null],
    ['of an absent field: none', ['spec', 'hard', 'services'], null],
  ])('%s', ([, path, expected]) => {
    expect(nameOf(...path)).toBe(expected);
  });
});

test('of several owners, the latest other one counts', () => {
  const fields = { 'f:spec': { 'f:hard': { 'f:cpu': {} } } };
  const entries = [
    own,
    entry('eve', fields, { time: '2026-01-02T00:00:00Z' }),
    entry('bob', fields, { time: '2026-01-01T12:00:00Z' }),
  ];
  expect(managerOf(entries, ['spec', 'hard', 'cpu'], object, 'bulkhead')).toEqual({
    name: 'eve',
    operation: 'Update',
    time: '2026-01-02T00:00:00Z',
  });
});

test('an unreadable set owns nothing', () => {
  const broken = [
    entry('a', null),
    entry('b', 'text'),
    entry('c', { 'f:spec': { 'f:ports': { 'k:{broken': {} } } }),
    {},
  ];
  expect(managerOf(broken, ['spec', 'ports', '0'], object, 'bulkhead')).toBeNull();
});
